#include "store/pseudonym.h"

#include <cstddef>
#include <cstdint>

namespace postbounce {
namespace {

constexpr char kMark = '#';
constexpr std::string_view kDigits = "0123456789abcdef";

}  // namespace

std::string PseudonymOf(const Key128& key, std::string_view ascii_domain) {
  std::string text(1, kMark);
  for (const std::uint8_t byte : key) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  if (!ascii_domain.empty()) text.append(1, '@').append(ascii_domain);
  return text;
}

std::optional<Key128> KeyOfPseudonym(std::string_view local_part) {
  Key128 key{};
  if (local_part.size() != 1 + 2 * key.size() || local_part[0] != kMark) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < key.size(); ++i) {
    const std::size_t high = kDigits.find(local_part[1 + 2 * i]);
    const std::size_t low = kDigits.find(local_part[2 + 2 * i]);
    if (high == kDigits.npos || low == kDigits.npos) return std::nullopt;
    key[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return key;
}

bool IsPseudonym(std::string_view address) {
  return KeyOfPseudonym(address.substr(0, address.find('@'))).has_value();
}

}  // namespace postbounce
