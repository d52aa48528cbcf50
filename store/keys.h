#ifndef POSTBOUNCE_STORE_KEYS_H_
#define POSTBOUNCE_STORE_KEYS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "mime/text/digest.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// What random ids are indexed by instead of themselves.

// Days since 1970.
inline std::int64_t DayOf(Timestamp time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

// The first 64 bits of a Digest or a Key128, the first byte highest.
template <std::size_t kSize>
std::uint64_t HashOf(const std::array<std::uint8_t, kSize>& digest) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | digest[i];
  return value;
}

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_KEYS_H_
