#include "daemon/io/exchange.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "daemon/import_request.h"
#include "daemon/service.h"

namespace postbounce {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

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

asio::awaitable<Result<std::vector<LogBytes>>> ReceiveAll(
    Connection& connection, std::size_t count) {
  std::vector<LogBytes> files;
  while (files.size() < count) {
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

}  // namespace

asio::awaitable<std::optional<std::vector<LogBytes>>> ReceiveFiles(
    Connection& connection, const json::object& request,
    const Result<std::size_t>& count) {
  if (!count) {
    co_await Refuse(connection, request, count.error());
    co_return std::nullopt;
  }
  json::object answer;
  answer["ok"] = true;
  answer["ready"] = true;
  if (!co_await Send(connection, answer)) co_return std::nullopt;
  auto files = co_await ReceiveAll(connection, *count);
  if (files) co_return *std::move(files);
  co_await Refuse(connection, request, files.error());
  co_return std::nullopt;
}

asio::awaitable<void> Refuse(Connection& connection,
                             const json::object& request, const Error& error) {
  const json::object answer = Refusal(request, error);
  co_await Send(connection, answer);
}

asio::awaitable<bool> Send(Connection& connection, const json::object& answer) {
  const std::string line = json::serialize(answer) + "\n";
  const auto [error, size] = co_await asio::async_write(
      connection.socket, asio::buffer(line), kAsTuple);
  connection.Touch();
  co_return !error;
}

}  // namespace postbounce
