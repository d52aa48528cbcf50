#ifndef POSTBOUNCE_MIME_CHARSET_H_
#define POSTBOUNCE_MIME_CHARSET_H_

#include <optional>
#include <string>
#include <string_view>

namespace postbounce {

// True for UTF-8, ASCII and ISO 8859-1, whose conversion costs nothing much.
bool IsPlainCharset(std::string_view charset);

// `bytes` of that charset as UTF-8; case of the name ignored. In a
// plain charset any bytes have a meaning (ToUtf8); elsewhere nullopt when the
// charset is not known or the bytes are not of it.
std::optional<std::string> ConvertToUtf8(std::string_view bytes,
                                         std::string_view charset);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_CHARSET_H_
