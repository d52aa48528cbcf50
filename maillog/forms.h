#ifndef POSTBOUNCE_MAILLOG_FORMS_H_
#define POSTBOUNCE_MAILLOG_FORMS_H_

#include <string_view>

#include "maillog/log_record.h"

namespace postbounce {

// The forms of a line behind the queue id. Each reads what is behind the words
// that it is known by and fills record->what, with Malformed where it must.

void ReadDelivery(std::string_view rest, LogRecord* record);   // "to="
void ReadFrom(std::string_view rest, LogRecord* record);       // "from="
void ReadMessageId(std::string_view rest, LogRecord* record);  // "message-id="
void ReadClient(std::string_view rest, LogRecord* record);     // "client="
void ReadPickup(std::string_view rest, LogRecord* record);     // "uid="

// These begin in many ways: false, and nothing is changed, for other lines.
bool ReadNotice(std::string_view rest, LogRecord* record);
bool ReadQueueMove(std::string_view rest, LogRecord* record);
bool ReadRejection(std::string_view rest, LogRecord* record);

}  // namespace postbounce

#endif  // POSTBOUNCE_MAILLOG_FORMS_H_
