#ifndef POSTBOUNCE_MIME_TEXT_FOLD_CASE_H_
#define POSTBOUNCE_MIME_TEXT_FOLD_CASE_H_

#include <string>
#include <string_view>

namespace postbounce {

// `text` in lower case, byte for byte as long: ASCII, and the Latin, Greek and
// Cyrillic letters of two bytes in UTF-8.
std::string FoldCase(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_FOLD_CASE_H_
