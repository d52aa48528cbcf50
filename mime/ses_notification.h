#ifndef POSTBOUNCE_MIME_SES_NOTIFICATION_H_
#define POSTBOUNCE_MIME_SES_NOTIFICATION_H_

#include <optional>
#include <string_view>

#include "mime/delivery_report.h"
#include "mime/feedback_report.h"
#include "mime/original.h"
#include "mime/text/mail_kind.h"

namespace postbounce {

// What Amazon SES tells in JSON, by SNS and mail, instead of a report.
struct SesNotification {
  MailKind kind = MailKind::kDeliveryReport;  // or kComplaint
  // The queue id is SES's id of the message, that of its reply to DATA.
  DeliveryReport report;
  FeedbackReport complaint;
  Original original;
};

// Reads the JSON object at the start of `text`, the first 1 MiB of it: a
// bounce, complaint, delivery or delay of SES, in SNS's envelope or without.
// What stands behind the object is not looked at. nullopt for anything else.
// Linear.
std::optional<SesNotification> ParseSesNotification(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_SES_NOTIFICATION_H_
