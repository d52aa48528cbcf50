#ifndef POSTBOUNCE_MIME_TEXT_MAIL_KIND_H_
#define POSTBOUNCE_MIME_TEXT_MAIL_KIND_H_

namespace postbounce {

// What a mail is. Values are stored; do not change them.
enum class MailKind {
  // From a person, or for one: a challenge that asks the sender to confirm, or
  // nothing that is understood.
  kOther = 0,
  kDeliveryReport = 1,  // RFC 3464, whatever its actions
  kComplaint = 2,       // RFC 5965
  kAutoReply = 3,       // RFC 3834: vacation and the like, and MDNs
  kLogLine = 4,         // no mail: a failure that Postfix's log tells
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_MAIL_KIND_H_
