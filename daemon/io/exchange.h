#ifndef POSTBOUNCE_DAEMON_IO_EXCHANGE_H_
#define POSTBOUNCE_DAEMON_IO_EXCHANGE_H_

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <vector>

#include "daemon/io/connection.h"
#include "daemon/logs/log_bytes.h"
#include "mime/text/result.h"

namespace postbounce {

// What a connection is used for whose last request takes long: it hands files
// over, and reports go back.

// So many descriptors, each with its name.
boost::asio::awaitable<Result<std::vector<LogBytes>>> ReceiveFiles(
    Connection& connection, std::size_t count);

// One line; true if the client still listens.
boost::asio::awaitable<bool> Send(Connection& connection,
                                  const boost::json::object& answer);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_EXCHANGE_H_
