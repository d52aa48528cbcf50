#ifndef POSTBOUNCE_DAEMON_ENDPOINT_H_
#define POSTBOUNCE_DAEMON_ENDPOINT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// Where a socket listens, in Postfix's words: "unix:/path", absolute and at
// most 107 bytes, or "inet:host:port" with a numeric address, "[::1]" for
// IPv6.
struct Endpoint {
  std::string path;  // of a unix socket; empty for an inet one
  std::string host;
  std::uint16_t port = 0;

  static Result<Endpoint> Parse(std::string_view text);
  bool is_unix() const { return !path.empty(); }
  std::string ToString() const;
  std::string ForLibmilter() const;  // "inet:port@host"
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_ENDPOINT_H_
