#ifndef POSTBOUNCE_DAEMON_LOGS_SOCKET_SOURCE_H_
#define POSTBOUNCE_DAEMON_LOGS_SOCKET_SOURCE_H_

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "daemon/endpoint.h"
#include "daemon/log_source.h"
#include "daemon/logs/fd.h"
#include "daemon/logs/watcher.h"
#include "mime/text/limits.h"

namespace postbounce {

// Syslog datagrams, of RFC 3164 or RFC 5424, as they come: with the priority
// in front and, from programs of this host, without a host. At most once: what
// was received and not stored is lost. What the kernel drops because nobody
// reads is a gap.
class SocketSource : public LogSource {
 public:
  // A unix datagram socket, made with these rights in place of one that nobody
  // listens to any more; or UDP at a loopback address (kSyntax at others).
  static Result<std::unique_ptr<SocketSource>> Open(const Endpoint& endpoint,
                                                    mode_t mode);
  ~SocketSource() override;

  Result<LogChunk> Next(std::chrono::milliseconds wait) override;
  std::string Position() const override { return {}; }
  void Interrupt() override { interrupter_.Interrupt(); }

 private:
  static constexpr std::size_t kBatch = 64;
  using Datagram = std::array<char, limits::kLogLine>;

  SocketSource(Fd fd, std::string path);

  Interrupter interrupter_;
  Fd fd_;
  std::string path_;  // to be removed at the end
  std::unique_ptr<std::array<Datagram, kBatch>> buffers_;
  std::uint32_t dropped_ = 0;  // by the kernel, so far
  bool has_begun_ = false;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_SOCKET_SOURCE_H_
