#include "mime/text/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace postbounce {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t size = 0;  // bytes; 0 when they are not valid UTF-8
};

std::uint8_t ByteAt(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

// The first character of `text`, which is not empty, by RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF.
Character FirstCharacter(std::string_view text) {
  const std::uint8_t lead = ByteAt(text, 0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {};
  char32_t code = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((ByteAt(text, i) & 0xC0) != 0x80) return {};
    code = (code << 6) | (ByteAt(text, i) & 0x3Fu);
  }
  if (size == 3 && (code < 0x800 || (code >= 0xD800 && code < 0xE000))) {
    return {};
  }
  if (size == 4 && (code < 0x10000 || code > 0x10FFFF)) return {};
  return {code, size};
}

bool IsPrintable(char32_t code) {
  if (code < 0x20 || (code >= 0x7F && code < 0xA0)) return false;
  // Line separators and what turns the direction of writing can make a
  // terminal show something else than what is there.
  if (code == 0x61C || code == 0xFEFF) return false;
  if (code >= 0x200B && code <= 0x200F) return false;
  if (code >= 0x2028 && code <= 0x202E) return false;
  return code < 0x2066 || code > 0x2069;
}

// The number of leading bytes of `text` that are ASCII.
std::size_t AsciiPrefix(std::string_view text) {
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof word);
    if (word & 0x8080808080808080u) break;
  }
  while (i < text.size() && ByteAt(text, i) < 0x80) ++i;
  return i;
}

// The offset of the first CR or LF, or the size of `text`. Looks at growing
// windows, so that text full of one of the two is not scanned to its end for
// the other one again and again.
std::size_t FindLineEnd(std::string_view text) {
  std::size_t begin = 0;
  for (std::size_t window = 256; begin < text.size(); window *= 2) {
    std::size_t size = std::min(window, text.size() - begin);
    const char* start = text.data() + begin;
    const void* lf = std::memchr(start, '\n', size);
    if (lf != nullptr) size = static_cast<const char*>(lf) - start;
    const void* cr = std::memchr(start, '\r', size);
    if (cr != nullptr) return static_cast<const char*>(cr) - text.data();
    if (lf != nullptr) return begin + size;
    begin += size;
  }
  return text.size();
}

}  // namespace

std::string ToLower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), AsciiLower);
  return lower;
}

bool SameIgnoringCase(const char* a, const char* b, std::size_t size) {
  return std::equal(a, a + size, b, [](char x, char y) {
    return AsciiLower(x) == AsciiLower(y);
  });
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  return EqualsIgnoringCase(text.substr(0, prefix.size()), prefix);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::string_view> TakeLine(std::string_view* rest) {
  if (rest->empty()) return std::nullopt;
  const std::size_t end = FindLineEnd(*rest);
  const std::string_view line = rest->substr(0, end);
  rest->remove_prefix(end);
  TakeChar(rest, '\r');
  TakeChar(rest, '\n');
  return line;
}

std::optional<int> TakeNumber(std::string_view* rest, int max_digits) {
  int number = 0;
  std::size_t i = 0;
  for (; i < rest->size() && IsDigit((*rest)[i]); ++i) {
    if (i >= static_cast<std::size_t>(std::min(max_digits, 9))) {
      return std::nullopt;
    }
    number = number * 10 + ((*rest)[i] - '0');
  }
  if (i == 0) return std::nullopt;
  rest->remove_prefix(i);
  return number;
}

void SkipComments(std::string_view* rest) {
  std::size_t depth = 0;
  while (!rest->empty()) {
    const char c = rest->front();
    if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0) {
      --depth;
    } else if (c == '\\' && depth > 0 && rest->size() > 1) {
      rest->remove_prefix(1);
    } else if (depth == 0 && !IsBlank(c)) {
      return;
    }
    rest->remove_prefix(1);
  }
}

std::string_view Clip(std::string_view text, std::size_t max) {
  if (text.size() <= max) return text;
  std::size_t end = max;
  // At most three continuation bytes belong to one character.
  for (int i = 0; i < 3 && end > 0 && (ByteAt(text, end) & 0xC0) == 0x80; ++i) {
    --end;
  }
  if ((ByteAt(text, end) & 0xC0) == 0x80) end = max;  // not UTF-8
  return text.substr(0, end);
}

std::string Printable(std::string_view text, std::size_t max) {
  constexpr std::string_view kCut = "...";
  std::string out;
  std::size_t before_cut = 0;  // where "..." still fits behind
  while (!text.empty()) {
    const Character c = FirstCharacter(text);
    const bool shown = c.size > 0 && IsPrintable(c.code);
    const std::string_view piece =
        shown ? text.substr(0, c.size) : std::string_view("?");
    if (out.size() + piece.size() > max) {
      out.resize(before_cut);
      return out.append(kCut.substr(0, max - before_cut));
    }
    out += piece;
    if (out.size() + kCut.size() <= max) before_cut = out.size();
    text.remove_prefix(std::max<std::size_t>(c.size, 1));
  }
  return out;
}

bool IsValidUtf8(std::string_view text) {
  for (;;) {
    text.remove_prefix(AsciiPrefix(text));
    if (text.empty()) return true;
    const Character c = FirstCharacter(text);
    if (c.size == 0) return false;
    text.remove_prefix(c.size);
  }
}

bool IsAscii(std::string_view text) { return AsciiPrefix(text) == text.size(); }

std::string ToUtf8(std::string_view text) {
  if (IsValidUtf8(text)) return std::string(text);
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  while (!text.empty()) {
    const std::size_t size = FirstCharacter(text).size;
    if (size > 0) {
      out += text.substr(0, size);
      text.remove_prefix(size);
      continue;
    }
    const std::uint8_t byte = ByteAt(text, 0);
    out += static_cast<char>(0xC0 | (byte >> 6));
    out += static_cast<char>(0x80 | (byte & 0x3F));
    text.remove_prefix(1);
  }
  return out;
}

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += kDigits[ByteAt(bytes, i) >> 4];
    out += kDigits[ByteAt(bytes, i) & 0xF];
  }
  return out;
}

}  // namespace postbounce
