#ifndef POSTBOUNCE_DAEMON_IO_LISTEN_H_
#define POSTBOUNCE_DAEMON_IO_LISTEN_H_

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
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

// The same for a socket that `bind` opens. Call it before any thread starts,
// since umask(2) is the process's.
Result<void> BindAt(boost::asio::io_context& loop, const Endpoint& endpoint,
                    std::uint64_t mode, const std::string& group,
                    const std::function<Result<void>()>& bind);

// "192.0.2.1"; empty where there is none.
std::string AddressOf(const sockaddr* address);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_LISTEN_H_
