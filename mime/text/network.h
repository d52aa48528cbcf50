#ifndef POSTBOUNCE_MIME_TEXT_NETWORK_H_
#define POSTBOUNCE_MIME_TEXT_NETWORK_H_

#include <array>
#include <cstdint>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// A range of IP addresses: "127.0.0.0/8", "2001:db8::/32", "192.0.2.1".
class Network {
 public:
  static Result<Network> Parse(std::string_view text);

  // False for what is no address. An IPv4 address also fits when it is written
  // as "::ffff:192.0.2.1".
  bool Contains(std::string_view address) const;

 private:
  using Bytes = std::array<std::uint8_t, 16>;

  Bytes bytes_{};  // IPv4 as ::ffff:a.b.c.d
  unsigned bits_ = 128;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_NETWORK_H_
