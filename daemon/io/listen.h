#ifndef POSTBOUNCE_DAEMON_IO_LISTEN_H_
#define POSTBOUNCE_DAEMON_IO_LISTEN_H_

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <string>

#include "daemon/endpoint.h"
#include "daemon/io/connection.h"
#include "mime/text/result.h"

namespace postbounce {

// Opens a listening socket. A unix socket at which nobody listens any more is
// replaced. It gets `mode` and `group` (its
// name; empty: unchanged) before anybody can connect.
Result<Acceptor> Listen(boost::asio::io_context& loop, const Endpoint& endpoint,
                        std::uint64_t mode, const std::string& group);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_LISTEN_H_
