#include "daemon/io/send.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace postbounce {

namespace asio = boost::asio;

bool SendNow(Connection& connection, std::string_view* bytes) {
  boost::system::error_code error;
  // Each time is a system call, needed or not.
  if (!connection.socket.non_blocking()) {
    connection.socket.non_blocking(true, error);
  }
  const std::size_t size =
      connection.socket.write_some(asio::buffer(*bytes), error);
  if (error && error != asio::error::would_block) return false;
  bytes->remove_prefix(size);
  return true;
}

asio::awaitable<bool> SendRest(Connection& connection, std::string_view bytes) {
  const auto [error, size] =
      co_await asio::async_write(connection.socket, asio::buffer(bytes),
                                 asio::as_tuple(asio::use_awaitable));
  if (error) co_return false;
  connection.Touch();
  co_return true;
}

}  // namespace postbounce
