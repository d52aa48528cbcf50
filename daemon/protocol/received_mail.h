#ifndef POSTBOUNCE_DAEMON_PROTOCOL_RECEIVED_MAIL_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_RECEIVED_MAIL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

// Makes the share large enough for a message of `size` bytes, of which at most
// `limit` are kept. False: the budget has no room.
bool Reserve(std::uint64_t size, std::size_t limit, ReceivedMail* mail);

// More of a message comes, of which at most `limit` bytes are kept. What is
// allocated is within the share. False: the budget has no room; the bytes and
// the share are given up.
bool Keep(std::string_view content, std::size_t limit, ReceivedMail* mail);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_RECEIVED_MAIL_H_
