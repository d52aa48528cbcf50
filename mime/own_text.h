#ifndef POSTBOUNCE_MIME_OWN_TEXT_H_
#define POSTBOUNCE_MIME_OWN_TEXT_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "mime/message.h"

namespace postbounce {

// What a mail says to people: the text of `parts`, indexes of Message::parts,
// transfer-decoded, in UTF-8 with LF line ends; HTML as plain text, and only
// where there is no other. At most 64 KiB. Linear.
std::string ReadOwnText(const Message& message,
                        std::span<const std::size_t> parts);

// The text of an HTML document: tags dropped, those that begin a line or a cell
// as line ends, character references decoded. Linear.
std::string HtmlToText(std::string_view html);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_OWN_TEXT_H_
