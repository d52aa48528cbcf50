#include "daemon/io/send.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace postbounce {

namespace asio = boost::asio;

// An asynchronous write costs a turn of the loop even where there is room.
asio::awaitable<bool> SendAll(Connection& connection, std::string_view bytes) {
  boost::system::error_code error;
  // Each time is a system call, needed or not.
  if (!connection.socket.non_blocking()) {
    connection.socket.non_blocking(true, error);
  }
  std::size_t size = connection.socket.write_some(asio::buffer(bytes), error);
  if (error && error != asio::error::would_block) co_return false;
  bytes.remove_prefix(size);
  if (!bytes.empty()) {
    const auto [failure, rest] =
        co_await asio::async_write(connection.socket, asio::buffer(bytes),
                                   asio::as_tuple(asio::use_awaitable));
    if (failure) co_return false;
  }
  connection.Touch();
  co_return true;
}

}  // namespace postbounce
