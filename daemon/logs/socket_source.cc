#include "daemon/logs/socket_source.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

// Room for a minute of a busy site, while a disk is slow.
constexpr int kReceiveBuffer = 8 << 20;

Error SocketError(const std::string& name, const char* what) {
  return Error(ErrorCode::kIo,
               fmt::format("cannot {} {}: {}", what, Printable(name, 200),
                           strerror(errno)));
}

// Whether somebody receives there, or something else than a socket is there.
bool IsTaken(const sockaddr_un& address) {
  struct stat status {};
  if (lstat(address.sun_path, &status) != 0) return false;
  if (!S_ISSOCK(status.st_mode)) return true;
  const Fd probe(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&address),
                 sizeof(address)) == 0;
}

Result<Fd> BindUnix(const std::string& path, mode_t mode) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return Error(ErrorCode::kSyntax, "the path of a socket is too long", path);
  }
  path.copy(address.sun_path, path.size());
  Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return SocketError(path, "make a socket for");
  if (IsTaken(address)) {
    return Error(ErrorCode::kConflict,
                 fmt::format("{} is in use", Printable(path, 200)));
  }
  unlink(path.c_str());
  // Nobody may send before chmod has said who.
  fchmod(fd.get(), 0);
  const int bound =
      bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
  if (bound != 0) return SocketError(path, "listen at");
  if (chmod(path.c_str(), mode) != 0) return SocketError(path, "open");
  return fd;
}

// Nullopt for what is no loopback address.
std::optional<sockaddr_storage> Loopback(const Endpoint& endpoint) {
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, endpoint.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(endpoint.port);
    if ((ntohl(v4->sin_addr.s_addr) >> 24) == 127) return storage;
  } else if (inet_pton(AF_INET6, endpoint.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(endpoint.port);
    if (IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)) return storage;
  }
  return std::nullopt;
}

Result<Fd> BindUdp(const Endpoint& endpoint) {
  const auto address = Loopback(endpoint);
  if (!address) {
    return Error(ErrorCode::kSyntax,
                 "log lines are taken from a loopback address only, where no "
                 "other host can write them",
                 endpoint.host);
  }
  const std::string name = fmt::format("{}:{}", endpoint.host, endpoint.port);
  Fd fd(socket(address->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return SocketError(name, "make a socket for");
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address),
           address->ss_family == AF_INET ? sizeof(sockaddr_in)
                                         : sizeof(sockaddr_in6)) != 0) {
    return SocketError(name, "listen at");
  }
  return fd;
}

// The kernel's count of datagrams it had no room for, if it tells.
std::optional<std::uint32_t> DroppedIn(msghdr* message) {
  for (cmsghdr* item = CMSG_FIRSTHDR(message); item != nullptr;
       item = CMSG_NXTHDR(message, item)) {
    if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SO_RXQ_OVFL) {
      continue;
    }
    std::uint32_t dropped = 0;
    std::memcpy(&dropped, CMSG_DATA(item), sizeof(dropped));
    return dropped;
  }
  return std::nullopt;
}

// A datagram may hold several lines, and end with a zero.
void AddLines(std::string_view text, std::vector<LogChunk::Line>* lines) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    while (!line.empty() && (line.back() == '\0' || line.back() == '\r')) {
      line.remove_suffix(1);
    }
    if (!line.empty()) lines->emplace_back().text = line;
  }
}

}  // namespace

Result<std::unique_ptr<SocketSource>> SocketSource::Open(
    const Endpoint& endpoint, mode_t mode) {
  auto fd =
      endpoint.is_unix() ? BindUnix(endpoint.path, mode) : BindUdp(endpoint);
  if (!fd) return fd.error();
  const int yes = 1;
  setsockopt(fd->get(), SOL_SOCKET, SO_RXQ_OVFL, &yes, sizeof(yes));
  // Beyond net.core.rmem_max for root only.
  if (setsockopt(fd->get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer,
                 sizeof(kReceiveBuffer)) != 0) {
    setsockopt(fd->get(), SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer,
               sizeof(kReceiveBuffer));
  }
  return std::unique_ptr<SocketSource>(
      new SocketSource(std::move(*fd), endpoint.path));
}

SocketSource::SocketSource(Fd fd, std::string path)
    : fd_(std::move(fd)),
      path_(std::move(path)),
      buffers_(new std::array<Datagram, kBatch>) {}

SocketSource::~SocketSource() {
  if (!path_.empty()) unlink(path_.c_str());
}

Result<LogChunk> SocketSource::Next(std::chrono::milliseconds wait) {
  LogChunk chunk;
  chunk.is_end = true;
  if (!interrupter_.WaitFor(fd_.get(), wait)) return chunk;
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> pieces;
  alignas(cmsghdr) char control[kBatch][CMSG_SPACE(sizeof(std::uint32_t))];
  for (std::size_t i = 0; i < kBatch; ++i) {
    pieces[i] = {(*buffers_)[i].data(), (*buffers_)[i].size()};
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_control = control[i];
    messages[i].msg_hdr.msg_controllen = sizeof(control[i]);
  }
  const int count =
      recvmmsg(fd_.get(), messages.data(), kBatch, MSG_DONTWAIT, nullptr);
  if (count < 0 && errno != EAGAIN && errno != EINTR) {
    return SocketError(path_.empty() ? "UDP" : path_, "receive at");
  }
  std::uint32_t dropped = dropped_;
  for (int i = 0; i < count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    dropped = DroppedIn(&messages[index].msg_hdr).value_or(dropped);
    AddLines({(*buffers_)[index].data(), messages[index].msg_len},
             &chunk.lines);
  }
  const std::uint32_t lost = dropped - std::exchange(dropped_, dropped);
  if (lost > 0) {
    chunk.gaps = 1;
    chunk.gap_text =
        fmt::format("{} datagrams came faster than they were read", lost);
  }
  chunk.is_end = chunk.lines.empty();
  chunk.is_new_stream =
      !chunk.lines.empty() && !std::exchange(has_begun_, true);
  chunk.latest = std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::system_clock::now());
  return chunk;
}

}  // namespace postbounce
