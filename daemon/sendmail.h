#ifndef POSTBOUNCE_DAEMON_SENDMAIL_H_
#define POSTBOUNCE_DAEMON_SENDMAIL_H_

#include <chrono>
#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// Gives `message` to sendmail(1) with the null sender, so that a failure of it
// never comes back as a bounce. An error unless the program ended with 0
// within `limit`; it is killed at the limit. Blocks. Thread-safe.
Result<void> SendMail(const std::string& program, const std::string& recipient,
                      std::string_view message, std::chrono::seconds limit);

// The message to be sent on: a loop header in front, and no mbox "From " line
// or CRLF line ends, which sendmail(1) does not want.
std::string ToBeForwarded(std::string_view message, std::string_view hostname);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_SENDMAIL_H_
