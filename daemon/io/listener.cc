#include "daemon/io/listener.h"

#include <fmt/format.h>

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
  if (open_ >= core_.runtime->config.*options_.sessions) {
    Log(LogLevel::kWarning,
        fmt::format("{}: {} sessions, one more was sent away", options_.name,
                    open_));
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(options_.busy), ignored);
    return;
  }
  auto connection = std::make_shared<Connection>(std::move(socket));
  connection->timeout =
      std::chrono::seconds(core_.runtime->config.*options_.timeout);
  asio::co_spawn(core_.loop, ServeOne(std::move(connection)), LogException);
}

asio::awaitable<void> Listener::ServeOne(
    std::shared_ptr<Connection> connection) {
  ++open_;
  core_.connections.Add(connection);
  std::exception_ptr failure;
  try {
    co_await options_.serve(connection);
  } catch (...) {
    failure = std::current_exception();
  }
  core_.connections.Remove(connection);
  --open_;
  if (failure) std::rethrow_exception(failure);
}

}  // namespace postbounce
