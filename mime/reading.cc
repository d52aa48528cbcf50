#include "mime/reading.h"

#include <utility>

#include "mime/mail_reader.h"

namespace postbounce {

Reading ReadMail(std::string_view bytes, const ReadOptions& options) {
  if (bytes.starts_with('{')) {
    if (auto notification = ParseSesNotification(bytes)) {
      return ReadingOf(*std::move(notification));
    }
  }
  Message message = Message::Parse(bytes);
  Reading reading = ReadMessage(message, bytes, options);
  reading.header = message.parts[0].header.Compact();
  return reading;
}

}  // namespace postbounce
