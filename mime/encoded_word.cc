#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mime/charset.h"
#include "mime/header.h"
#include "mime/text/text.h"
#include "mime/transfer_encoding.h"

namespace postbounce {
namespace {

constexpr int kMaxConversions = 50;

// RFC 2047 section 2: =?charset?encoding?text?=
struct EncodedWord {
  std::string_view charset;
  bool base64 = false;
  std::string_view text;
};

bool IsCharsetName(std::string_view name) {
  return !name.empty() && name.size() <= 40 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           const char lower = AsciiLower(c);
           return IsDigit(c) || (lower >= 'a' && lower <= 'z') || c == '-' ||
                  c == '_' || c == '.' || c == ':';
         });
}

// Takes the encoded word at the start of `rest`.
std::optional<EncodedWord> TakeEncodedWord(std::string_view* rest) {
  constexpr std::size_t kLongest = 1000;  // RFC 2047 says 75; few obey
  if (!rest->starts_with("=?")) return std::nullopt;
  const std::string_view text = rest->substr(2, kLongest);
  const std::size_t charset_end = text.find('?');
  if (charset_end == text.npos || charset_end + 2 >= text.size() ||
      text[charset_end + 2] != '?') {
    return std::nullopt;
  }
  const std::size_t begin = charset_end + 3;
  const std::size_t end = text.find("?=", begin);
  const char encoding = AsciiLower(text[charset_end + 1]);
  if (end == text.npos || (encoding != 'b' && encoding != 'q')) {
    return std::nullopt;
  }
  EncodedWord word;
  const std::string_view charset = text.substr(0, charset_end);
  word.charset = charset.substr(0, charset.find('*'));  // RFC 2231 language
  word.base64 = encoding == 'b';
  word.text = text.substr(begin, end - begin);
  if (!IsCharsetName(word.charset)) return std::nullopt;
  rest->remove_prefix(2 + end + 2);
  return word;
}

// Puts the text of a header together. Words that follow each other in one
// charset are converted as one, since characters get cut between words.
class Decoder {
 public:
  explicit Decoder(std::size_t size) { out_.reserve(size); }

  void AddText(std::string_view text) {
    Flush();
    out_ += ToUtf8(text);
  }

  void AddWord(const EncodedWord& word, std::string_view whole) {
    if (!EqualsIgnoringCase(word.charset, charset_)) Flush();
    charset_ = word.charset;
    bytes_ += word.base64 ? DecodeBase64(word.text) : DecodeQ(word.text);
    source_ += whole;
  }

  bool has_word() const { return !source_.empty(); }

  std::string Finish() {
    Flush();
    return std::move(out_);
  }

 private:
  void Flush() {
    if (source_.empty()) return;
    const std::optional<std::string> text = Convert();
    out_ += text ? *text : ToUtf8(source_);
    charset_ = {};
    bytes_.clear();
    source_.clear();
  }

  std::optional<std::string> Convert() {
    if (!IsPlainCharset(charset_) && ++conversions_ > kMaxConversions) {
      return std::nullopt;
    }
    return ConvertToUtf8(bytes_, charset_);
  }

  std::string out_;
  std::string_view charset_;
  std::string bytes_;
  std::string source_;
  int conversions_ = 0;
};

}  // namespace

std::string DecodeHeaderText(std::string_view value) {
  if (value.find("=?") == value.npos) return ToUtf8(value);
  Decoder decoder(value.size());
  std::string_view rest = value;
  while (!rest.empty()) {
    const std::string_view before = rest;
    const std::optional<EncodedWord> word = TakeEncodedWord(&rest);
    if (word) {
      decoder.AddWord(*word, before.substr(0, before.size() - rest.size()));
      continue;
    }
    const std::size_t plain = std::min(rest.find("=?", 1), rest.size());
    // Blanks between two encoded words are no text (RFC 2047 section 6.2).
    const bool between = decoder.has_word() && plain < rest.size() &&
                         Trim(rest.substr(0, plain)).empty();
    std::string_view next = rest.substr(plain);
    if (!between || !TakeEncodedWord(&next)) {
      decoder.AddText(rest.substr(0, plain));
    }
    rest.remove_prefix(plain);
  }
  return decoder.Finish();
}

}  // namespace postbounce
