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

class Converter {
 public:
  Converter() = default;
  ~Converter() { Close(); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool is_open() const { return handle_ != kClosed; }
  const std::string& charset() const { return charset_; }

  // False when the charset is not known.
  bool Open(std::string_view charset) {
    Close();
    charset_ = charset;
    handle_ = iconv_open("UTF-8", charset_.c_str());
    return is_open();
  }

  // nullopt when the bytes are not of the charset.
  std::optional<std::string> Convert(std::string text) {
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);  // its first state
    std::string out;
    char* in = text.data();
    std::size_t in_left = text.size();
    // Each turn takes bytes from the input or ends.
    for (;;) {
      std::array<char, 512> buffer;
      char* end = buffer.data();
      std::size_t left = buffer.size();
      const std::size_t before = in_left;
      const std::size_t status = iconv(handle_, &in, &in_left, &end, &left);
      out.append(buffer.data(), end);
      if (status != static_cast<std::size_t>(-1)) return out;
      if (errno != E2BIG || in_left == before) return std::nullopt;
    }
  }

 private:
  // POSIX says (iconv_t)-1. NOLINTNEXTLINE(performance-no-int-to-ptr)
  static inline const iconv_t kClosed = iconv_t(-1);

  void Close() {
    if (is_open()) iconv_close(handle_);
    handle_ = kClosed;
  }

  std::string charset_;
  iconv_t handle_ = kClosed;
};

// glibc loads a library for nearly every charset, which takes longer than
// reading a mail. The mails of a site come in few of them.
class Converters {
 public:
  // nullptr when the charset is not known.
  Converter* Get(std::string_view charset) {
    for (Converter& converter : converters_) {
      if (converter.is_open() && converter.charset() == charset) {
        return &converter;
      }
    }
    Converter& oldest = converters_[next_++ % converters_.size()];
    return oldest.Open(charset) ? &oldest : nullptr;
  }

 private:
  std::array<Converter, 8> converters_;
  std::size_t next_ = 0;
};

std::optional<std::string> ConvertByIconv(std::string_view text,
                                          std::string_view charset) {
  thread_local Converters converters;
  Converter* converter = converters.Get(charset);
  if (converter == nullptr) return std::nullopt;
  return converter->Convert(std::string(text));
}

}  // namespace

bool IsPlainCharset(std::string_view charset) {
  return IsUtf8(charset) || EqualsIgnoringCase(charset, "iso-8859-1");
}

std::optional<std::string> ConvertToUtf8(std::string_view bytes,
                                         std::string_view charset) {
  if (IsUtf8(charset)) return ToUtf8(bytes);
  if (IsPlainCharset(charset)) return FromLatin1(bytes);
  std::optional<std::string> text = ConvertByIconv(bytes, charset);
  if (text) text = ToUtf8(*text);
  return text;
}

}  // namespace postbounce
