#ifndef POSTBOUNCE_MIME_TRANSCRIPT_H_
#define POSTBOUNCE_MIME_TRANSCRIPT_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/address.h"

namespace postbounce {

// A recipient of an SMTP session that a bounce quotes.
struct SessionRecipient {
  Address address;
  std::string reply;   // what the server refused it with; may be empty
  std::string remote;  // the server, where it is named
};

// Reads a session as sendmail (">>> RCPT To:<joe@example.org>", "<<< 550 ...",
// "550 <joe@example.org>... User unknown"), Postfix ("In:", "Out:"), MDaemon
// ("-->", "<--"), InterScan
// ("Sent <<<", "Received >>>") and hMailServer ("sent:", "replied:") quote it.
// Replies to RCPT are that recipient's, replies to other commands everybody's.
// `lines` are trimmed; those that are no part of a session are passed over.
// `others` gets the failing replies that name no recipient, joined.
std::vector<SessionRecipient> ReadSession(
    std::span<const std::string_view> lines, std::string* others);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TRANSCRIPT_H_
