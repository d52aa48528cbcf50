#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "daemon/import_request.h"
#include "daemon/io/core.h"
#include "daemon/to_json.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kReportEvery{200};

// A name with one descriptor, which ends what recvmsg() gives at once.
// kUnavailable: not there yet.
Result<LogBytes> ReceiveFile(int socket) {
  char name[ImportRequest::kName];
  iovec buffer{name, sizeof name};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &buffer;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t size =
      recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
    return Error(ErrorCode::kUnavailable, "no file yet");
  }
  if ((message.msg_flags & MSG_CTRUNC) != 0) {
    return Error(ErrorCode::kLimit,
                 "too many files for the daemon, which may open no more: "
                 "import them in parts");
  }
  const cmsghdr* header = size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (header == nullptr || header->cmsg_level != SOL_SOCKET ||
      header->cmsg_type != SCM_RIGHTS ||
      header->cmsg_len != CMSG_LEN(sizeof(int))) {
    return Error(ErrorCode::kSyntax, "a file was to be handed over");
  }
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return LogBytes(Fd(fd), std::string(name, static_cast<std::size_t>(size)));
}

asio::awaitable<Result<std::vector<LogBytes>>> ReceiveFiles(
    Connection& connection, const ImportRequest& request) {
  std::vector<LogBytes> files;
  while (files.size() < request.files) {
    const auto [error] =
        co_await connection.socket.async_wait(Socket::wait_read, kAsTuple);
    if (error) {
      co_return Error(ErrorCode::kUnavailable, "the client has gone");
    }
    auto file = ReceiveFile(connection.socket.native_handle());
    if (file) {
      files.push_back(*std::move(file));
    } else if (file.error().code() != ErrorCode::kUnavailable) {
      co_return file.error();
    }
  }
  co_return files;
}

Result<std::unique_ptr<LogImport>> Start(Core& core, ImportRequest request,
                                         std::vector<LogBytes> files) {
  LogImport::Readers readers;
  for (std::unique_ptr<Reader>* reader : {&readers.recall, &readers.list}) {
    auto opened = core.store->OpenReader();
    if (!opened) return opened.error();
    *reader = *std::move(opened);
  }
  request.options.warning = core.site->problem;
  return std::make_unique<LogImport>(
      std::move(files), std::move(request.options),
      LogReading::Settings{core.runtime, core.site}, std::move(readers),
      [&core](SharedLogBatch batch, Committer::Done done) {
        core.committer->SubmitLog(std::move(batch), std::move(done));
      });
}

// True if the client still listens.
asio::awaitable<bool> Send(Connection& connection, const json::object& answer) {
  const std::string line = json::serialize(answer) + "\n";
  const auto [error, size] = co_await asio::async_write(
      connection.socket, asio::buffer(line), kAsTuple);
  connection.Touch();
  co_return !error;
}

json::object ReportOf(const LogImport& import, bool is_done) {
  json::object answer = ToJson(import.Now());
  answer["ok"] = true;
  answer["done"] = is_done;
  return answer;
}

// Until it has ended, which it soon does when nobody listens any more or the
// daemon stops.
asio::awaitable<void> Report(Core& core, Connection& connection,
                             LogImport& import) {
  asio::steady_timer timer(core.loop);
  for (bool is_heard = true;;) {
    const bool has_ended = import.Wait({});
    if (is_heard) {
      const json::object answer = ReportOf(import, has_ended);
      is_heard = !core.stopping && co_await Send(connection, answer);
    }
    if (has_ended) co_return;
    if (!is_heard) import.Interrupt();
    timer.expires_after(kReportEvery);
    co_await timer.async_wait(kAsTuple);
  }
}

}  // namespace

asio::awaitable<void> ServeImport(Core& core,
                                  std::shared_ptr<Connection> connection,
                                  json::object request) {
  json::object answer;
  auto parsed = ImportRequest::Parse(request, core.runtime->config);
  if (!parsed) {
    answer = Refusal(request, parsed.error());
    co_await Send(*connection, answer);
    co_return;
  }
  answer["ok"] = true;
  answer["ready"] = true;
  if (!co_await Send(*connection, answer)) co_return;
  auto files = co_await ReceiveFiles(*connection, *parsed);
  auto import = files ? Start(core, std::move(*parsed), std::move(*files))
                      : Result<std::unique_ptr<LogImport>>(files.error());
  if (!import) {
    answer = Refusal(request, import.error());
    co_await Send(*connection, answer);
    co_return;
  }
  connection->working = true;
  co_await Report(core, *connection, **import);
  connection->working = false;
}

}  // namespace postbounce
