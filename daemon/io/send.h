#ifndef POSTBOUNCE_DAEMON_IO_SEND_H_
#define POSTBOUNCE_DAEMON_IO_SEND_H_

#include <boost/asio/awaitable.hpp>
#include <string_view>

#include "daemon/io/connection.h"

namespace postbounce {

// Writes what the client has room for at once, which is nearly always all, and
// takes it off `bytes`. False when it has left.
bool SendNow(Connection& connection, std::string_view* bytes);

// Writes all of `bytes`, which must live as long. False when the client has
// left.
boost::asio::awaitable<bool> SendRest(Connection& connection,
                                      std::string_view bytes);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_SEND_H_
