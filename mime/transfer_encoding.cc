#include "mime/transfer_encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::uint8_t kSkip = 0xFF;

constexpr std::array<std::uint8_t, 256> MakeBase64Values() {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> values{};
  for (std::uint8_t& value : values) value = kSkip;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<std::uint8_t>(kAlphabet[i])] =
        static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr std::array<std::uint8_t, 256> kBase64Values = MakeBase64Values();

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  const char lower = AsciiLower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The byte that "=XX" at the start of `text` stands for.
std::optional<char> EscapedByte(std::string_view text) {
  if (text.size() < 3 || text[0] != '=') return std::nullopt;
  const int high = HexValue(text[1]);
  const int low = HexValue(text[2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

void AppendUnescaped(std::string_view text, std::string* out) {
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('='), text.size());
    out->append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;
    const std::optional<char> byte = EscapedByte(text);
    *out += byte.value_or('=');
    text.remove_prefix(byte ? 3 : 1);
  }
}

}  // namespace

std::string DecodeBase64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    // Padding ends a group, so that concatenated encodings decode too.
    if (c == '=') count = 0;
    const std::uint8_t value = kBase64Values[static_cast<std::uint8_t>(c)];
    if (value == kSkip) continue;
    bits = (bits << 6) | value;
    ++count;
    if (count > 1) {
      const int shift = (4 - count) * 2;
      out += static_cast<char>(bits >> shift);
    }
    if (count == 4) count = 0;
  }
  return out;
}

std::string DecodeQuotedPrintable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t newline = text.find('\n');
    std::string_view line = text.substr(0, newline);
    const bool ended = newline != std::string_view::npos;
    text.remove_prefix(ended ? newline + 1 : text.size());
    const bool crlf = ended && line.ends_with('\r');
    // Blanks at the end of a line were added on the way (RFC 2045 6.7 (3)).
    while (!line.empty() && IsBlank(line.back())) line.remove_suffix(1);
    const bool soft = line.ends_with('=');
    if (soft) line.remove_suffix(1);
    AppendUnescaped(line, &out);
    if (ended && !soft) out += crlf ? "\r\n" : "\n";
  }
  return out;
}

std::string DecodeQ(std::string_view text) {
  std::string spaced(text);
  for (char& c : spaced) {
    if (c == '_') c = ' ';
  }
  std::string out;
  out.reserve(text.size());
  AppendUnescaped(spaced, &out);
  return out;
}

}  // namespace postbounce
