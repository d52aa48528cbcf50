#include "mime/text/xtext.h"

#include <cstdint>

#include "mime/text/text.h"

namespace postbounce {
namespace {

int UpperHexValue(char c) {
  if (IsDigit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int HexValue(char c) {
  return UpperHexValue(c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c);
}

void AppendUtf8(char32_t code, std::string* out) {
  const auto tail = [&](int shift) {
    *out += static_cast<char>(0x80 | ((code >> shift) & 0x3F));
  };
  if (code < 0x80) {
    *out += static_cast<char>(code);
  } else if (code < 0x800) {
    *out += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    *out += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    *out += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// Takes "\x{E9}" off the front of `rest` and appends the character. False,
// and nothing done, when there is no such escape. RFC 6533 wants upper-case
// digits; lower-case ones cannot mean anything else.
bool TakeEscape(std::string_view* rest, std::string* out) {
  if (!rest->starts_with("\\x{")) return false;
  const std::size_t close = rest->substr(0, 10).find('}');
  if (close == std::string_view::npos || close < 4) return false;
  char32_t code = 0;
  for (const char c : rest->substr(3, close - 3)) {
    if (HexValue(c) < 0) return false;
    code = code * 16 + static_cast<char32_t>(HexValue(c));
  }
  if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
  AppendUtf8(code, out);
  rest->remove_prefix(close + 1);
  return true;
}

}  // namespace

std::string DecodeXtext(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text[0] == '+' && text.size() >= 3 && UpperHexValue(text[1]) >= 0 &&
        UpperHexValue(text[2]) >= 0) {
      out += static_cast<char>(UpperHexValue(text[1]) * 16 +
                               UpperHexValue(text[2]));
      text.remove_prefix(3);
      continue;
    }
    out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

std::string DecodeUtf8Address(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (TakeEscape(&text, &out)) continue;
    out += text[0];
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace postbounce
