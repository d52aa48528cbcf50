#ifndef POSTBOUNCE_DAEMON_IO_SEND_H_
#define POSTBOUNCE_DAEMON_IO_SEND_H_

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "daemon/io/connection.h"

namespace postbounce {

// Writes all of `bytes`, which must live as long: at once if the client has
// room for them. False when it has left.
boost::asio::awaitable<bool> SendAll(Connection& connection,
                                     std::string_view bytes);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_SEND_H_
