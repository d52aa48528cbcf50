#include "tests/daemon/pipe/fake_lmtp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace postbounce {
namespace {

void Check(bool fine, const char* what) {
  if (!fine) throw std::runtime_error(what);
}

}  // namespace

std::vector<FakeLmtp::Step> FakeLmtp::GoodScript(int recipients) {
  std::vector<Step> script = {{Wait::kNothing, "220 fake LMTP\r\n"},
                              {Wait::kLine, "250-fake\r\n250 PIPELINING\r\n"},
                              {Wait::kLine, "250 2.1.0 Ok\r\n"}};
  script.insert(script.end(), recipients, {Wait::kLine, "250 2.1.5 Ok\r\n"});
  script.push_back({Wait::kLine, "354 Go ahead\r\n"});
  script.push_back({Wait::kBody, "250 2.0.0 Ok\r\n"});
  script.insert(script.end(), recipients - 1,
                {Wait::kNothing, "250 2.0.0 Ok\r\n"});
  return script;
}

FakeLmtp::FakeLmtp(std::vector<Step> script, Where where, std::size_t chunk)
    : script_(std::move(script)), chunk_(chunk) {
  if (where == Where::kUnix) {
    ListenAtPath();
  } else {
    ListenAtPort(where);
  }
  thread_ = std::thread([this] { Serve(); });
}

FakeLmtp::~FakeLmtp() {
  Join();
  if (folder_.empty()) return;
  unlink(address_.c_str());
  rmdir(folder_.c_str());
}

void FakeLmtp::ListenAtPath() {
  char folder[] = "/tmp/postbounce-pipe-test.XXXXXX";
  Check(mkdtemp(folder) != nullptr, "mkdtemp");
  folder_ = folder;
  address_ = folder_ + "/lmtp";
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::copy(address_.begin(), address_.end(), address.sun_path);
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  Check(bind(listener_, reinterpret_cast<sockaddr*>(&address),
             sizeof(address)) == 0 &&
            listen(listener_, 5) == 0,
        "listen");
}

void FakeLmtp::ListenAtPort(Where where) {
  sockaddr_in6 six = {};
  six.sin6_family = AF_INET6;
  six.sin6_addr = in6addr_loopback;
  sockaddr_in four = {};
  four.sin_family = AF_INET;
  four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_six = where == Where::kInet6;
  auto* const address = is_six ? reinterpret_cast<sockaddr*>(&six)
                               : reinterpret_cast<sockaddr*>(&four);
  socklen_t size = is_six ? sizeof(six) : sizeof(four);
  listener_ = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  Check(bind(listener_, address, size) == 0 && listen(listener_, 5) == 0 &&
            getsockname(listener_, address, &size) == 0,
        "listen");
  address_ = (is_six ? "inet:[::1]:" : "inet:127.0.0.1:") +
             std::to_string(ntohs(is_six ? six.sin6_port : four.sin_port));
}

void FakeLmtp::Join() {
  if (!thread_.joinable()) return;
  // Wakes a thread to which nobody ever came.
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void FakeLmtp::Serve() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  bool goes_on = true;
  for (const Step& step : script_) {
    goes_on = goes_on && Perform(client, step);
  }
  while (goes_on && Read(client)) {
  }
  close(client);
}

bool FakeLmtp::Perform(int client, const Step& step) {
  if (step.wait == Wait::kLine && !ReadLine(client)) return false;
  if (step.wait == Wait::kBody && !ReadBody(client)) return false;
  send(client, step.reply.data(), step.reply.size(), MSG_NOSIGNAL);
  if (step.then == Then::kFallSilent) {
    while (Read(client)) {
    }
  }
  return step.then == Then::kGoOn;
}

bool FakeLmtp::Read(int client) {
  std::string buffer(chunk_, '\0');
  const ssize_t size = recv(client, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  input_.append(buffer, 0, static_cast<std::size_t>(size));
  return true;
}

bool FakeLmtp::ReadLine(int client) {
  for (;;) {
    const std::size_t end = input_.find("\r\n");
    if (end != std::string::npos) {
      lines_.push_back(input_.substr(0, end));
      input_.erase(0, end + 2);
      return true;
    }
    if (!Read(client)) return false;
  }
}

bool FakeLmtp::ReadBody(int client) {
  input_.insert(0, "\r\n");  // of DATA
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = input_.find("\r\n.\r\n", searched);
    saw_end_ = end != std::string::npos;
    body_ = saw_end_ ? input_.substr(2, end) : std::string();
    if (saw_end_) input_.erase(0, end + 5);
    if (saw_end_) return true;
    searched = input_.size() < 4 ? 0 : input_.size() - 4;
    if (!Read(client)) return false;
  }
}

}  // namespace postbounce
