#ifndef POSTBOUNCE_MIME_TRANSFER_ENCODING_H_
#define POSTBOUNCE_MIME_TRANSFER_ENCODING_H_

#include <string>
#include <string_view>

namespace postbounce {

// RFC 2045 section 6, read leniently: what is not of the encoding is skipped
// (base64) or kept as it is (quoted-printable). Never longer than `text`;
// linear.
std::string DecodeBase64(std::string_view text);
std::string DecodeQuotedPrintable(std::string_view text);

// The "Q" encoding of RFC 2047 section 4.2.
std::string DecodeQ(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TRANSFER_ENCODING_H_
