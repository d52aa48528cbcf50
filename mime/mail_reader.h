#ifndef POSTBOUNCE_MIME_MAIL_READER_H_
#define POSTBOUNCE_MIME_MAIL_READER_H_

#include <string_view>

#include "mime/message.h"
#include "mime/reading.h"
#include "mime/ses_notification.h"

namespace postbounce {

// ReadMail() of a message that was parsed from `bytes`, but for its header.
// Linear.
Reading ReadMessage(const Message& message, std::string_view bytes,
                    const ReadOptions& options);

Reading ReadingOf(SesNotification&& notification);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_MAIL_READER_H_
