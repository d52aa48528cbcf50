#ifndef POSTBOUNCE_DAEMON_PROTOCOL_RECEIVED_MAIL_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_RECEIVED_MAIL_H_

#include <cstddef>
#include <string>

#include "daemon/protocol/byte_budget.h"
#include "daemon/protocol/envelope.h"

namespace postbounce {

// A message that has been received and waits for its replies.
struct ReceivedMail {
  Envelope envelope;
  std::string bytes;        // as received, without what the protocol adds; of a
                            // message above the limit its beginning
  std::size_t size = 0;     // as received
  ByteBudget::Share share;  // to be kept until the message is stored
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_RECEIVED_MAIL_H_
