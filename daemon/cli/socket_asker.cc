#include "daemon/cli/socket_asker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/cli/send_files.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

// Requests that wait for an answer. Enough for the daemon to have always one,
// and few, since both ends keep them in memory.
constexpr std::size_t kInFlight = 64;
constexpr std::size_t kChunk = 64u << 10;
constexpr std::chrono::milliseconds kForever{-1};

Error NotListening() {
  return {ErrorCode::kUnavailable,
          std::string("the daemon does not listen: ") + std::strerror(errno)};
}

Result<json::object> ParseAnswer(std::string_view line) {
  json::error_code error;
  json::value value = json::parse(line, error);
  if (error || !value.is_object()) {
    return Error(ErrorCode::kUnavailable, "the daemon answers nonsense");
  }
  return CheckedAnswer(std::move(value.get_object()));
}

}  // namespace

// Linux waits as long as for a send() while the queue of those who want to
// connect is full.
Fd ConnectTo(const std::string& path, std::chrono::seconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return Fd();
  }
  std::copy(path.begin(), path.end(), address.sun_path);
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto set_timeout = [&fd](timeval limit) {
    return setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit,
                      sizeof limit) == 0;
  };
  if (!fd.is_open() ||
      (set_timeout({patience.count(), 0}) &&
       connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
               sizeof address) == 0 &&
       set_timeout({0, 0}))) {
    return fd;
  }
  const int error = errno == EAGAIN ? ETIMEDOUT : errno;
  fd = Fd();
  errno = error;
  return fd;
}

Result<json::object> CheckedAnswer(json::object answer) {
  const json::value* ok = answer.if_contains("ok");
  if (ok != nullptr && ok->is_bool() && ok->get_bool()) return answer;
  const json::value* error = answer.if_contains("error");
  const json::value* code = answer.if_contains("code");
  const std::string name =
      code != nullptr && code->is_string() ? code->get_string().c_str() : "";
  const std::string text = error != nullptr && error->is_string()
                               ? error->get_string().c_str()
                               : "an answer that cannot be read";
  ErrorCode kind = ErrorCode::kUnavailable;
  if (name == "syntax" || name == "limit") kind = ErrorCode::kSyntax;
  if (name == "not-found") kind = ErrorCode::kNotFound;
  if (name == "conflict") kind = ErrorCode::kConflict;
  return Error(kind, Printable(text, 500));
}

Result<json::object> SocketAsker::Ask(const json::object& request) {
  // That of a large import takes as long as the import.
  const json::value* const verb = request.if_contains("verb");
  if (verb != nullptr && *verb == "undo") patience_ = kForever;
  const auto sent = SendAll(json::serialize(request) + "\n");
  if (!sent) return sent.error();
  return ReadAnswer();
}

Result<json::object> SocketAsker::Run(
    json::object request, std::vector<OpenFile> files,
    const std::function<void(const json::object&)>& progress) {
  auto answer = Ask(request);
  if (!answer) return answer;
  patience_ = kForever;
  const auto sent = SendFiles(fd_.get(), files);
  if (!sent) return sent.error();
  files.clear();
  for (;;) {
    answer = ReadAnswer();
    if (!answer) return answer;
    const json::value* done = answer->if_contains("done");
    if (done != nullptr && done->is_bool() && done->get_bool()) return answer;
    progress(*answer);
  }
}

// Never waits to send alone: a daemon that waits until its answers are taken
// reads no requests.
Result<void> SocketAsker::AskAll(const Next& next, const Take& take) {
  std::string output;
  std::size_t in_flight = 0;
  for (;;) {
    while (in_flight < kInFlight) {
      const auto request = next();
      if (!request) return request.error();
      if (!*request) break;
      output += json::serialize(**request) + "\n";
      ++in_flight;
      const auto sent = SendSome(&output);
      if (!sent) return sent.error();
    }
    if (in_flight == 0) return {};
    const auto ready = WaitFor(output.empty() ? POLLIN : POLLIN | POLLOUT);
    if (!ready) return ready.error();
    if ((*ready & POLLOUT) != 0) {
      const auto sent = SendSome(&output);
      if (!sent) return sent.error();
    }
    if ((*ready & ~POLLOUT) == 0) continue;
    const auto received = Receive();
    if (!received) return received.error();
    while (const auto line = NextLine()) {
      --in_flight;
      const auto answer = ParseAnswer(*line);
      if (!answer) return answer.error();
      const auto taken = take(*answer);
      if (!taken) return taken.error();
    }
  }
}

// What has happened of `events`.
Result<short> SocketAsker::WaitFor(short events) const {
  pollfd wait = {fd_.get(), events, 0};
  int ready = -1;
  do {
    ready = poll(&wait, 1, static_cast<int>(patience_.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return NotListening();
  if (ready == 0) {
    return Error(ErrorCode::kUnavailable,
                 fmt::format("the daemon has said nothing for {} s",
                             patience_.count() / 1000));
  }
  return wait.revents;
}

Result<void> SocketAsker::SendAll(std::string bytes) const {
  while (!bytes.empty()) {
    const auto ready = WaitFor(POLLOUT);
    if (!ready) return ready.error();
    const auto sent = SendSome(&bytes);
    if (!sent) return sent.error();
  }
  return {};
}

// What the socket takes at once.
Result<void> SocketAsker::SendSome(std::string* bytes) const {
  const ssize_t sent = send(fd_.get(), bytes->data(), bytes->size(),
                            MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EINTR && errno != EAGAIN) return NotListening();
  if (sent > 0) bytes->erase(0, static_cast<std::size_t>(sent));
  return {};
}

// Waits for bytes.
Result<void> SocketAsker::Receive() {
  const auto ready = WaitFor(POLLIN);
  if (!ready) return ready.error();
  buffer_.erase(0, start_);
  searched_ -= start_;
  start_ = 0;
  char chunk[kChunk];
  ssize_t size = -1;
  do {
    size = recv(fd_.get(), chunk, sizeof chunk, 0);
  } while (size < 0 && errno == EINTR);
  if (size <= 0) return Error(ErrorCode::kUnavailable, "the daemon hung up");
  buffer_.append(chunk, static_cast<std::size_t>(size));
  return {};
}

// Valid until Receive().
std::optional<std::string_view> SocketAsker::NextLine() {
  const std::size_t end = buffer_.find('\n', searched_);
  if (end == std::string::npos) {
    searched_ = buffer_.size();
    return std::nullopt;
  }
  const auto line = std::string_view(buffer_).substr(start_, end - start_);
  start_ = searched_ = end + 1;
  return line;
}

Result<json::object> SocketAsker::ReadAnswer() {
  for (;;) {
    if (const auto line = NextLine()) return ParseAnswer(*line);
    const auto received = Receive();
    if (!received) return received.error();
  }
}

}  // namespace postbounce
