#ifndef POSTBOUNCE_DAEMON_IO_RECEIVED_LOG_H_
#define POSTBOUNCE_DAEMON_IO_RECEIVED_LOG_H_

#include <string_view>

#include "daemon/protocol/received_mail.h"
#include "mime/text/result.h"
#include "store/store.h"

namespace postbounce {

// Logs what has become of a mail that came in by `protocol`, in one line.
void LogReceived(std::string_view protocol, const ReceivedMail& mail,
                 const Result<Outcome>& outcome);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_RECEIVED_LOG_H_
