#include "mime/feedback_report.h"

#include <optional>
#include <utility>

#include "mime/delivery_report.h"
#include "mime/original.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::string_view kJmrpRecipient = "X-HmXmrOriginalRecipient";

void SetOnce(std::string* text, std::string_view raw) {
  if (!text->empty()) return;
  *text = Clip(ToUtf8(Clip(Unfold(raw), kFieldKept)), kFieldKept);
}

// Whoever forwards complaints may hide who complained.
bool IsRedacted(const Address& address) {
  const std::string text = ToLower(address.ToString());
  return text.find("redacted") != text.npos;
}

void AddRecipient(std::optional<Address> address, FeedbackReport* report) {
  std::vector<Address>& all = report->original_recipients;
  if (!address || IsRedacted(*address)) return;
  if (all.size() == limits::kReportRecipients) return;
  all.push_back(*std::move(address));
}

}  // namespace

bool FeedbackReport::is_about_authentication() const {
  return feedback_type.starts_with("auth-failure");
}

bool FeedbackReport::is_not_spam() const {
  return feedback_type.starts_with("not-spam");
}

FeedbackReport ParseFeedbackReport(std::string_view body) {
  FeedbackReport report;
  std::optional<Address> removal;
  std::string_view rest = body.substr(0, limits::kReportSize);
  while (const std::optional<RawField> field = TakeField(&rest)) {
    const auto address = [&] {
      return ParseTypedAddress(Unfold(field->value), AddressOrigin::kEnvelope)
          .mailbox;
    };
    if (EqualsIgnoringCase(field->name, "Feedback-Type")) {
      SetOnce(&report.feedback_type, field->value);
    } else if (EqualsIgnoringCase(field->name, "User-Agent")) {
      SetOnce(&report.user_agent, field->value);
    } else if (EqualsIgnoringCase(field->name, "Source-IP")) {
      SetOnce(&report.source_ip, field->value);
    } else if (EqualsIgnoringCase(field->name, "Original-Rcpt-To")) {
      AddRecipient(address(), &report);
    } else if (EqualsIgnoringCase(field->name, "Removal-Recipient")) {
      removal = address();
    }
  }
  report.feedback_type = ToLower(report.feedback_type);
  if (report.original_recipients.empty()) {
    AddRecipient(std::move(removal), &report);
  }
  return report;
}

void AddOriginalRecipient(const Header& original, FeedbackReport* report) {
  if (!report->original_recipients.empty()) return;
  if (const auto jmrp = Address::Parse(original.Get(kJmrpRecipient))) {
    return AddRecipient(*jmrp, report);
  }
  AddRecipient(RecipientOf(original), report);
}

bool IsJmrpOriginal(const Header& original) {
  return original.Has(kJmrpRecipient);
}

}  // namespace postbounce
