#ifndef POSTBOUNCE_MAILLOG_SCAN_H_
#define POSTBOUNCE_MAILLOG_SCAN_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "mime/text/text.h"

namespace postbounce {

// The place of the first of these characters; text.size() where there is none.
// Eight bytes at a time: fields are too short for a call of memchr() to pay.
template <char... kChars>
std::size_t FindAny(std::string_view text) {
  std::size_t at = 0;
  if constexpr (std::endian::native == std::endian::little) {
    constexpr std::uint64_t kOnes = 0x0101010101010101u;
    constexpr std::uint64_t kHighs = 0x8080808080808080u;
    for (; at + sizeof(std::uint64_t) <= text.size();
         at += sizeof(std::uint64_t)) {
      std::uint64_t word;
      std::memcpy(&word, text.data() + at, sizeof word);
      // The lowest high bit that is left is that of the first zero byte.
      const auto zeros = [](std::uint64_t bytes) {
        return (bytes - kOnes) & ~bytes;
      };
      const std::uint64_t hits =
          (zeros(word ^ (kOnes * static_cast<unsigned char>(kChars))) | ...) &
          kHighs;
      if (hits != 0) {
        return at + static_cast<std::size_t>(std::countr_zero(hits)) / 8;
      }
    }
  }
  while (at < text.size() && ((text[at] != kChars) && ...)) ++at;
  return at;
}

// Whether kSize bytes are the same. Inline, unlike std::memcmp().
template <std::size_t kSize>
bool SameBytes(const char* a, const char* b) {
  std::uint64_t difference = 0;
  for (std::size_t at = 0; at < kSize; at += sizeof(std::uint64_t)) {
    const std::size_t size = std::min(sizeof(std::uint64_t), kSize - at);
    std::uint64_t left = 0;
    std::uint64_t right = 0;
    std::memcpy(&left, a + at, size);
    std::memcpy(&right, b + at, size);
    difference |= left ^ right;
  }
  return difference == 0;
}

// Takes things off the front of `rest`. Where that fails `rest` is as it was.

inline bool TakePrefix(std::string_view* rest, std::string_view prefix) {
  if (!rest->starts_with(prefix)) return false;
  rest->remove_prefix(prefix.size());
  return true;
}

// Up to the first `kEnd`, which is taken too.
template <char kEnd>
std::optional<std::string_view> TakeUntil(std::string_view* rest) {
  const std::size_t at = FindAny<kEnd>(*rest);
  if (at == rest->size()) return std::nullopt;
  const std::string_view taken = rest->substr(0, at);
  rest->remove_prefix(at + 1);
  return taken;
}

// A value in front of ", ", which is taken too; it holds no comma.
inline std::optional<std::string_view> TakeValue(std::string_view* rest) {
  const std::size_t at = FindAny<','>(*rest);
  if (at + 1 >= rest->size() || (*rest)[at + 1] != ' ') return std::nullopt;
  const std::string_view taken = rest->substr(0, at);
  rest->remove_prefix(at + 2);
  return taken;
}

// How many digits are at the front.
inline std::size_t DigitsOf(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  return digits;
}

// "<joe@example.org>", without the brackets; a quoted local part may hold
// anything.
std::optional<std::string_view> TakePath(std::string_view* rest);

// "mx.example.org[192.0.2.1]" or "[192.0.2.1]", and ":25" behind it.
struct Peer {
  std::string_view name;
  std::string_view address;
};
std::optional<Peer> TakePeer(std::string_view* rest);

// A decimal number of at most 18 digits.
std::optional<std::uint64_t> TakeInteger(std::string_view* rest);

// A queue id, without what is behind it; empty where there is none.
std::string_view TakeQueueId(std::string_view* rest);

}  // namespace postbounce

#endif  // POSTBOUNCE_MAILLOG_SCAN_H_
