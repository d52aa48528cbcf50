#ifndef POSTBOUNCE_MIME_RETURNED_BODY_H_
#define POSTBOUNCE_MIME_RETURNED_BODY_H_

#include <string_view>

#include "mime/message.h"
#include "mime/outline.h"
#include "mime/reading.h"

namespace postbounce {

// Reading::returned_body of the mail that `outline` is of, a part of `message`,
// which was parsed from `bytes`. Linear.
ByteRange FindReturnedBody(const Message& message, const Outline& outline,
                           bool is_report, std::string_view bytes);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_RETURNED_BODY_H_
