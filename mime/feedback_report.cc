#include "mime/feedback_report.h"

#include "mime/delivery_report.h"
#include "mime/header.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

void SetOnce(std::string* text, std::string_view raw) {
  if (!text->empty()) return;
  *text = Clip(ToUtf8(Clip(Unfold(raw), kFieldKept)), kFieldKept);
}

}  // namespace

FeedbackReport ParseFeedbackReport(std::string_view body) {
  FeedbackReport report;
  std::string_view rest = body.substr(0, limits::kReportSize);
  while (const std::optional<RawField> field = TakeField(&rest)) {
    if (EqualsIgnoringCase(field->name, "Feedback-Type")) {
      SetOnce(&report.feedback_type, field->value);
    } else if (EqualsIgnoringCase(field->name, "User-Agent")) {
      SetOnce(&report.user_agent, field->value);
    } else if (EqualsIgnoringCase(field->name, "Source-IP")) {
      SetOnce(&report.source_ip, field->value);
    } else if (EqualsIgnoringCase(field->name, "Original-Rcpt-To")) {
      TypedAddress recipient =
          ParseTypedAddress(Unfold(field->value), AddressOrigin::kEnvelope);
      if (recipient.mailbox &&
          report.original_recipients.size() < limits::kReportRecipients) {
        report.original_recipients.push_back(*std::move(recipient.mailbox));
      }
    }
  }
  report.feedback_type = ToLower(report.feedback_type);
  return report;
}

}  // namespace postbounce
