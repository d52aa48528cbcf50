#include "daemon/io/listener.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "daemon/log.h"

namespace postbounce {
namespace {

namespace asio = boost::asio;
constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
// Out of descriptors: accepting again at once would only spin.
constexpr std::chrono::milliseconds kAcceptPause{100};

// A coroutine ended by an exception: only memory can be the cause.
void LogException(const std::exception_ptr& exception) {
  if (!exception) return;
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    Log(LogLevel::kError, fmt::format("a session ended: {}", error.what()));
  }
}

// Of a unix socket's client.
std::optional<std::uint32_t> UserOf(Socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer,
                 &size) != 0 ||
      peer.pid == 0) {
    return std::nullopt;
  }
  return peer.uid;
}

}  // namespace

Listener::Listener(Core& core, Acceptor acceptor, Options options)
    : core_(core),
      acceptor_(std::move(acceptor)),
      options_(std::move(options)),
      pause_(core.loop) {}

void Listener::Start() { asio::co_spawn(core_.loop, Accept(), LogException); }

void Listener::Stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

asio::awaitable<void> Listener::Accept() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(kAsTuple);
    if (!acceptor_.is_open()) co_return;
    if (error) {
      Log(LogLevel::kWarning,
          fmt::format("{}: cannot accept: {}", options_.name, error.message()));
      pause_.expires_after(kAcceptPause);
      co_await pause_.async_wait(kAsTuple);
      continue;
    }
    // One client that there is no memory for must not end the listening.
    try {
      Admit(std::move(socket));
    } catch (const std::exception&) {
      LogException(std::current_exception());
    }
  }
}

void Listener::Admit(Socket socket) {
  const auto user = UserOf(socket);
  if (options_.trusted_only && !IsTrusted(user)) return;
  const bool is_full = open_.size() >= core_.runtime->config.*options_.sessions;
  if (is_full && !MakeRoom()) {
    Log(LogLevel::kWarning,
        fmt::format("{}: {} sessions, one more was sent away", options_.name,
                    open_.size()));
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(options_.busy), ignored);
    return;
  }
  auto connection = std::make_shared<Connection>(std::move(socket));
  connection->user = user.value_or(connection->user);
  connection->timeout =
      options_.timeout == nullptr
          ? std::chrono::seconds(std::chrono::years(10))
          : std::chrono::seconds(core_.runtime->config.*options_.timeout);
  asio::co_spawn(core_.loop, ServeOne(std::move(connection)), LogException);
}

asio::awaitable<void> Listener::ServeOne(
    std::shared_ptr<Connection> connection) {
  open_.Add(connection);
  core_.connections.Add(connection);
  std::exception_ptr failure;
  try {
    co_await options_.serve(connection);
  } catch (...) {
    failure = std::current_exception();
  }
  core_.connections.Remove(connection);
  open_.Remove(connection);
  if (failure) std::rethrow_exception(failure);
}

// Who asks now and then comes back; who never asks, or never ends, does not
// keep others out.
bool Listener::MakeRoom() {
  if (!options_.busy.empty()) return false;
  const auto silent = open_.LongestSilent();
  if (!silent) return false;
  boost::system::error_code ignored;
  silent->socket.close(ignored);
  if (crowded_.IsDue()) {
    Log(LogLevel::kWarning,
        fmt::format("{}: {} sessions, the one that has been silent for longest "
                    "made room",
                    options_.name, open_.size()));
  }
  return true;
}

bool Listener::IsTrusted(std::optional<std::uint32_t> user) const {
  if (user && (*user == 0 || *user == geteuid())) return true;
  Log(LogLevel::kWarning, fmt::format("{}: uid {} was sent away", options_.name,
                                      user ? std::to_string(*user) : "?"));
  return false;
}

}  // namespace postbounce
