#ifndef POSTBOUNCE_DAEMON_ALERT_H_
#define POSTBOUNCE_DAEMON_ALERT_H_

#include <string>

#include "mime/text/result.h"
#include "store/alarm.h"

namespace postbounce {

// What an alarm means, a sentence for the log and for people.
std::string SentenceOf(const Alarm& alarm);

// Starts guard.alert with what there is to know, and does not wait for it:
// PROGRAM STATE ID SUBJECT SENTENCE, where STATE is "open", "released" or
// "confirmed".
Result<void> RunAlert(const std::string& program, const Alarm& alarm);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_ALERT_H_
