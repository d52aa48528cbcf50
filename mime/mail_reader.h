#ifndef POSTBOUNCE_MIME_MAIL_READER_H_
#define POSTBOUNCE_MIME_MAIL_READER_H_

#include <cstddef>

#include "mime/message.h"
#include "mime/reading.h"
#include "mime/ses_notification.h"

namespace postbounce {

struct ReadResult {
  Reading reading;  // without its header
  // The entity that was read: 0, or the mail that the message forwards.
  std::size_t root;
};

// ReadMail() of a message that is parsed already. Linear.
ReadResult ReadMessage(const Message& message, const ReadOptions& options);

Reading ReadingOf(SesNotification&& notification);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_MAIL_READER_H_
