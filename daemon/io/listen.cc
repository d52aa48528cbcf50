#include "daemon/io/listen.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <grp.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace postbounce {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

Error CannotListen(const Endpoint& endpoint, const std::string& why) {
  return {ErrorCode::kIo,
          fmt::format("cannot listen at {}: {}", endpoint.ToString(), why)};
}

Result<gid_t> GroupId(const std::string& name) {
  const group* entry = getgrnam(name.c_str());
  if (entry == nullptr) {
    return Error(ErrorCode::kNotFound,
                 fmt::format("there is no group {}", name));
  }
  return entry->gr_gid;
}

// What a crashed daemon left behind; anything else that lies there stays, and
// so does a socket at which somebody listens, with a store of its own.
void RemoveStaleSocket(asio::io_context& loop, const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) return;
  error_code error;
  asio::local::stream_protocol::socket probe(loop);
  probe.open({}, error);
  // Where the queue of clients is full, connect(2) would wait.
  probe.non_blocking(true, error);
  probe.connect(asio::local::stream_protocol::endpoint(path), error);
  const bool is_served = !error || error == asio::error::would_block;
  if (!is_served) unlink(path.c_str());
}

Result<void> Worked(const error_code& error) {
  if (error) return Error(ErrorCode::kIo, error.message());
  return {};
}

Result<void> Bind(Acceptor* acceptor, const Endpoint& endpoint) {
  error_code error;
  if (endpoint.is_unix()) {
    const asio::local::stream_protocol::endpoint where(endpoint.path);
    acceptor->open(where.protocol(), error);
    if (!error) acceptor->bind(where, error);
    return Worked(error);
  }
  const auto address = asio::ip::make_address(endpoint.host, error);
  const asio::ip::tcp::endpoint where(address, endpoint.port);
  acceptor->open(where.protocol(), error);
  if (!error) acceptor->set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(where, error);
  return Worked(error);
}

}  // namespace

Result<void> BindAt(asio::io_context& loop, const Endpoint& endpoint,
                    std::uint64_t mode, const std::string& group,
                    const std::function<Result<void>()>& bind) {
  if (endpoint.is_unix()) RemoveStaleSocket(loop, endpoint.path);
  // Nobody may connect between bind(2) and chmod(2).
  const mode_t before = umask(0777);
  const auto bound = bind();
  umask(before);
  if (!bound) return CannotListen(endpoint, bound.error().text());
  if (!endpoint.is_unix()) return {};
  if (!group.empty()) {
    const auto id = GroupId(group);
    if (!id) return CannotListen(endpoint, id.error().text());
    if (chown(endpoint.path.c_str(), static_cast<uid_t>(-1), *id) != 0) {
      return CannotListen(
          endpoint, fmt::format("group {}: {}", group, std::strerror(errno)));
    }
  }
  if (chmod(endpoint.path.c_str(), static_cast<mode_t>(mode)) != 0) {
    return CannotListen(endpoint, std::strerror(errno));
  }
  return {};
}

Result<Acceptor> Listen(asio::io_context& loop, const Endpoint& endpoint,
                        std::uint64_t mode, const std::string& group) {
  Acceptor acceptor(loop);
  const auto bound = BindAt(loop, endpoint, mode, group,
                            [&] { return Bind(&acceptor, endpoint); });
  if (!bound) return bound.error();
  error_code error;
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return CannotListen(endpoint, error.message());
  return acceptor;
}

std::string AddressOf(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address != nullptr && address->sa_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr,
              text, sizeof text);
  } else if (address != nullptr && address->sa_family == AF_INET6) {
    inet_ntop(AF_INET6,
              &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text,
              sizeof text);
  }
  return text;
}

}  // namespace postbounce
