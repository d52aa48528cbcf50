#include "mime/text/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <string>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr unsigned kIpv4Prefix = 96;

std::optional<std::array<std::uint8_t, 16>> ReadAddress(std::string_view text) {
  const std::string address(text);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) return bytes;
  if (inet_pton(AF_INET, address.c_str(), bytes.data() + 12) != 1) {
    return std::nullopt;
  }
  bytes[10] = bytes[11] = 0xff;
  return bytes;
}

}  // namespace

Result<Network> Network::Parse(std::string_view text) {
  const Error error(ErrorCode::kSyntax,
                    "a network is an address, or one with the bits that "
                    "count, such as 192.0.2.0/24",
                    text);
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const auto bytes = ReadAddress(address);
  if (!bytes) return error;
  Network network;
  network.bytes_ = *bytes;
  if (slash == std::string_view::npos) return network;
  const bool is_ipv6 = address.find(':') != std::string_view::npos;
  std::string_view rest = text.substr(slash + 1);
  const auto bits = TakeNumber(&rest, 3);
  if (!bits || !rest.empty() || *bits > (is_ipv6 ? 128 : 32)) return error;
  network.bits_ = static_cast<unsigned>(*bits) + (is_ipv6 ? 0 : kIpv4Prefix);
  return network;
}

bool Network::Contains(std::string_view address) const {
  const auto bytes = ReadAddress(address);
  if (!bytes) return false;
  const unsigned whole = bits_ / 8;
  if (!std::equal(bytes_.begin(), bytes_.begin() + whole, bytes->begin())) {
    return false;
  }
  if (bits_ % 8 == 0) return true;
  const unsigned shift = 8 - bits_ % 8;
  return bytes_[whole] >> shift == (*bytes)[whole] >> shift;
}

}  // namespace postbounce
