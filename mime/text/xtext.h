#ifndef POSTBOUNCE_MIME_TEXT_XTEXT_H_
#define POSTBOUNCE_MIME_TEXT_XTEXT_H_

#include <string>
#include <string_view>

namespace postbounce {

// RFC 3461 section 4: "+2B" is "+". A "+" that two upper-case hexadecimal
// digits do not follow stays as it is, since many MTAs forget to encode.
std::string DecodeXtext(std::string_view text);

// RFC 6533 section 3, utf-8-addr-xtext and utf-8-addr-unitext: "\x{E9}" is
// the character U+00E9. Anything that is not such an escape stays as it is.
std::string DecodeUtf8Address(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_XTEXT_H_
