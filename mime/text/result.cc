#include "mime/text/result.h"

#include <stdexcept>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {

Error::Error(ErrorCode code, std::string text, std::string_view bytes)
    : code_(code), text_(std::move(text)), bytes_(bytes.substr(0, kMaxBytes)) {}

std::string Error::ToString() const {
  if (bytes_.empty()) return text_;
  return text_ + ": \"" + Printable(bytes_, kMaxBytes) + "\"";
}

void throw_exception_from_error(const Error& error,
                                const boost::source_location&) {
  throw std::runtime_error(error.ToString());
}

}  // namespace postbounce
