#ifndef POSTBOUNCE_MAILLOG_SCAN_H_
#define POSTBOUNCE_MAILLOG_SCAN_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

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

// Whether these bytes are the same. Unlike std::memcmp() not a call.
template <typename Word>
Word Difference(const char* a, const char* b) {
  Word left;
  Word right;
  std::memcpy(&left, a, sizeof left);
  std::memcpy(&right, b, sizeof right);
  return left ^ right;
}
template <std::size_t kSize>
bool SameBytes(const char* a, const char* b) {
  using Word = std::conditional_t<(kSize < 8), std::uint32_t, std::uint64_t>;
  constexpr std::size_t kLast = kSize - sizeof(Word);
  static_assert(kSize >= sizeof(Word) && kSize <= 3 * sizeof(Word));
  constexpr std::size_t kMiddle = std::min(kLast, sizeof(Word));
  return (Difference<Word>(a, b) | Difference<Word>(a + kMiddle, b + kMiddle) |
          Difference<Word>(a + kLast, b + kLast)) == 0;
}

// Takes things off the front of `rest`. Where that fails `rest` is as it was.
// What they take goes to its place at once: to return an optional of it would
// stall the processor, which reads in one piece what was written in several.

inline bool TakePrefix(std::string_view* rest, std::string_view prefix) {
  if (!rest->starts_with(prefix)) return false;
  rest->remove_prefix(prefix.size());
  return true;
}

// Up to the first `kEnd`, which is taken too.
template <char kEnd>
bool TakeUntil(std::string_view* rest, std::string_view* taken) {
  const std::size_t at = FindAny<kEnd>(*rest);
  if (at == rest->size()) return false;
  *taken = rest->substr(0, at);
  rest->remove_prefix(at + 1);
  return true;
}

// A value in front of ", ", which is taken too; it holds no comma.
inline bool TakeValue(std::string_view* rest, std::string_view* value) {
  const std::size_t at = FindAny<','>(*rest);
  if (at + 1 >= rest->size() || (*rest)[at + 1] != ' ') return false;
  *value = rest->substr(0, at);
  rest->remove_prefix(at + 2);
  return true;
}

// How many digits are at the front.
inline std::size_t DigitsOf(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  return digits;
}

// "<joe@example.org>", without the brackets; a quoted local part may hold
// anything.
bool TakePath(std::string_view* rest, std::string_view* path);

// "mx.example.org[192.0.2.1]" or "[192.0.2.1]", and ":25" behind it.
bool TakePeer(std::string_view* rest, std::string_view* name,
              std::string_view* address);

// A decimal number of at most 18 digits.
bool TakeInteger(std::string_view* rest, std::uint64_t* value);

// The queue id that a text begins with, if ": " is behind it; else empty.
std::string_view QueueIdIn(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_MAILLOG_SCAN_H_
