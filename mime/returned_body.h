#ifndef POSTBOUNCE_MIME_RETURNED_BODY_H_
#define POSTBOUNCE_MIME_RETURNED_BODY_H_

#include <string_view>

#include "mime/message.h"
#include "mime/outline.h"
#include "mime/reading.h"

namespace postbounce {

// Sets where the body of the returned message is, or may be, of the mail that
// `outline` is of, a part of `message`, which was parsed from `bytes`. Linear.
void FindReturnedBody(const Message& message, const Outline& outline,
                      std::string_view bytes, Reading* reading);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_RETURNED_BODY_H_
