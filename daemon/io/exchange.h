#ifndef POSTBOUNCE_DAEMON_IO_EXCHANGE_H_
#define POSTBOUNCE_DAEMON_IO_EXCHANGE_H_

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <optional>
#include <vector>

#include "daemon/io/connection.h"
#include "daemon/logs/log_bytes.h"
#include "mime/text/result.h"

namespace postbounce {

// What a connection is used for whose last request takes long: it hands files
// over, and reports go back.

// Says that the daemon is ready for so many descriptors, each with its name,
// and receives them. Nothing if that has failed, as the client is told, or it
// has gone.
boost::asio::awaitable<std::optional<std::vector<LogBytes>>> ReceiveFiles(
    Connection& connection, const boost::json::object& request,
    const Result<std::size_t>& count);

boost::asio::awaitable<void> Refuse(Connection& connection,
                                    const boost::json::object& request,
                                    const Error& error);

// One line; true if the client still listens.
boost::asio::awaitable<bool> Send(Connection& connection,
                                  const boost::json::object& answer);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_EXCHANGE_H_
