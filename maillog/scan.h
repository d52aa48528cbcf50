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

// These take things off the front of `rest`. Where that fails `rest` is as it
// was. They are inline, and put what they take in its place at once, since a
// line is read in a few hundred cycles: an optional that is returned costs
// twenty, as the processor waits to read in one piece what it wrote in two.

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

// The place behind the quote that ends the string that `at` is in.
inline std::size_t EndOfQuoted(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return text.size();
}

// "<joe@example.org>", without the brackets; a quoted local part may hold
// anything.
inline bool TakePath(std::string_view* rest, std::string_view* path) {
  if (!rest->starts_with('<')) return false;
  const std::string_view text = rest->substr(1);
  std::size_t end = FindAny<'>', '"'>(text);
  while (end < text.size() && text[end] == '"') {
    end = EndOfQuoted(text, end + 1);
    end += FindAny<'>', '"'>(text.substr(end));
  }
  if (end == text.size()) return false;
  *path = text.substr(0, end);
  rest->remove_prefix(end + 2);
  return true;
}

// A decimal number of at most 18 digits.
inline bool TakeInteger(std::string_view* rest, std::uint64_t* value) {
  constexpr std::size_t kMostDigits = 18;
  std::uint64_t number = 0;
  std::size_t digits = 0;
  for (; digits < rest->size() && IsDigit((*rest)[digits]); ++digits) {
    number = number * 10 + static_cast<std::uint64_t>((*rest)[digits] - '0');
  }
  if (digits == 0 || digits > kMostDigits) return false;
  rest->remove_prefix(digits);
  *value = number;
  return true;
}

// "mx.example.org[192.0.2.1]" or "[192.0.2.1]", and ":25" behind it.
inline bool TakePeer(std::string_view* rest, std::string_view* name,
                     std::string_view* address) {
  const std::size_t open = FindAny<'[', ' '>(*rest);
  if (open == rest->size() || (*rest)[open] != '[') return false;
  const std::string_view behind = rest->substr(open + 1);
  const std::size_t close = FindAny<']', ' '>(behind);
  if (close == behind.size() || behind[close] != ']') return false;
  *name = rest->substr(0, open);
  *address = behind.substr(0, close);
  rest->remove_prefix(open + close + 2);
  // smtpd_client_port_logging, postscreen
  if (rest->size() > 1 && (*rest)[0] == ':' && IsDigit((*rest)[1])) {
    rest->remove_prefix(1 + DigitsOf(rest->substr(1)));
  }
  return true;
}

}  // namespace postbounce

#endif  // POSTBOUNCE_MAILLOG_SCAN_H_
