#include <functional>

#include "mime/message.h"
#include "mime/text/text.h"
#include "mime/transfer_encoding.h"

namespace postbounce {
namespace {

enum class Encoding { kNone, kBase64, kQuotedPrintable };

Encoding EncodingOf(const Part& part) {
  const std::string_view value = part.header.Get("Content-Transfer-Encoding");
  if (StartsWithIgnoringCase(value, "base64")) return Encoding::kBase64;
  if (StartsWithIgnoringCase(value, "quoted-printable")) {
    return Encoding::kQuotedPrintable;
  }
  return Encoding::kNone;
}

}  // namespace

bool Part::is_encoded() const { return EncodingOf(*this) != Encoding::kNone; }

std::string Part::Body(std::size_t raw_size) const {
  const std::string_view raw = raw_body.substr(0, raw_size);
  switch (EncodingOf(*this)) {
    case Encoding::kNone:
      return std::string(raw);
    case Encoding::kBase64:
      return DecodeBase64(raw);
    case Encoding::kQuotedPrintable:
      return DecodeQuotedPrintable(raw);
  }
  return {};
}

std::optional<std::size_t> Message::OffsetOf(const Part& part) const {
  const std::string& bytes = *storage.front();
  const char* begin = part.raw_body.data();
  const std::less<const char*> before;
  if (begin == nullptr || before(begin, bytes.data()) ||
      before(bytes.data() + bytes.size(), begin)) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(begin - bytes.data());
}

}  // namespace postbounce
