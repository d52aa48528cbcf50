#include "mime/charset.h"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "mime/text/text.h"

namespace postbounce {
namespace {

bool IsUtf8(std::string_view charset) {
  return EqualsIgnoringCase(charset, "utf-8") ||
         EqualsIgnoringCase(charset, "utf8") ||
         EqualsIgnoringCase(charset, "us-ascii") ||
         EqualsIgnoringCase(charset, "ascii");
}

std::string FromLatin1(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 2);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
      continue;
    }
    out += static_cast<char>(0xC0 | (byte >> 6));
    out += static_cast<char>(0x80 | (byte & 0x3F));
  }
  return out;
}

// nullopt when the charset is not known or the bytes are not of it.
std::optional<std::string> ConvertByIconv(std::string text,
                                          const std::string& charset) {
  const iconv_t converter = iconv_open("UTF-8", charset.c_str());
  // POSIX says (iconv_t)-1. NOLINTNEXTLINE(performance-no-int-to-ptr)
  if (converter == iconv_t(-1)) return std::nullopt;
  std::string out;
  char* in = text.data();
  std::size_t in_left = text.size();
  bool converted = false;
  // Each turn takes bytes from the input or ends.
  for (bool going = true; going;) {
    std::array<char, 512> buffer;
    char* end = buffer.data();
    std::size_t left = buffer.size();
    const std::size_t before = in_left;
    const std::size_t status = iconv(converter, &in, &in_left, &end, &left);
    out.append(buffer.data(), end);
    converted = status != static_cast<std::size_t>(-1);
    going = !converted && errno == E2BIG && in_left < before;
  }
  iconv_close(converter);
  if (!converted) return std::nullopt;
  return out;
}

}  // namespace

bool IsPlainCharset(std::string_view charset) {
  return IsUtf8(charset) || EqualsIgnoringCase(charset, "iso-8859-1");
}

std::optional<std::string> ConvertToUtf8(std::string_view bytes,
                                         std::string_view charset) {
  if (IsUtf8(charset)) return ToUtf8(bytes);
  if (IsPlainCharset(charset)) return FromLatin1(bytes);
  std::optional<std::string> text =
      ConvertByIconv(std::string(bytes), std::string(charset));
  if (text) text = ToUtf8(*text);
  return text;
}

}  // namespace postbounce
