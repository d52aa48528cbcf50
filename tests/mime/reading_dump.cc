#include "tests/mime/reading_dump.h"

#include <string_view>

#include "mime/text/text.h"

namespace postbounce {
namespace {

class Dumper {
 public:
  void Line(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out_.append(indent_, ' ').append(name).append(": ");
    out_.append(Printable(value, 10'000)).append("\n");
  }
  void Line(std::string_view name, const std::optional<Timestamp>& time) {
    if (time) Line(name, FormatTimestamp(*time));
  }
  void Line(std::string_view name, const TypedAddress& address) {
    if (address.type.empty() && address.text.empty()) return;
    const std::string mailbox =
        address.mailbox ? " <" + address.mailbox->NormalisedText({}) + ">"
                        : " (no mailbox)";
    Line(name, address.type + "; " + address.text + mailbox);
  }
  void Open(std::string_view name) {
    out_.append(indent_, ' ').append(name).append("\n");
    indent_ += 2;
  }
  void Close() { indent_ -= 2; }
  const std::string& text() const { return out_; }

 private:
  std::string out_;
  std::size_t indent_ = 0;
};

std::string_view KindName(MailKind kind) {
  switch (kind) {
    case MailKind::kOther:
      return "other";
    case MailKind::kDeliveryReport:
      return "delivery-report";
    case MailKind::kComplaint:
      return "complaint";
    case MailKind::kAutoReply:
      return "auto-reply";
    case MailKind::kLogLine:
      return "log-line";
  }
  return "";
}

void DumpRecipient(const ReportedRecipient& recipient, Dumper* dumper) {
  dumper->Open("recipient");
  dumper->Line("original-recipient", recipient.original_recipient);
  dumper->Line("final-recipient", recipient.final_recipient);
  dumper->Line("action", ActionName(recipient.action));
  dumper->Line("action-text", recipient.action_text);
  dumper->Line("status", recipient.status);
  dumper->Line("remote-mta", recipient.remote_mta);
  dumper->Line("diagnostic-type", recipient.diagnostic_type);
  dumper->Line("diagnostic", recipient.diagnostic);
  dumper->Line("last-attempt", recipient.last_attempt);
  dumper->Line("will-retry-until", recipient.will_retry_until);
  dumper->Close();
}

void DumpReport(const DeliveryReport& report, Dumper* dumper) {
  dumper->Line("reporting-mta", report.reporting_mta);
  dumper->Line("received-from-mta", report.received_from_mta);
  dumper->Line("original-envelope-id", report.original_envelope_id);
  dumper->Line("queue-id", report.queue_id);
  dumper->Line("sender", report.sender);
  dumper->Line("arrival-date", report.arrival_date);
  for (const ReportedRecipient& recipient : report.recipients) {
    DumpRecipient(recipient, dumper);
  }
  if (report.recipients_omitted > 0) {
    dumper->Line("recipients-omitted",
                 std::to_string(report.recipients_omitted));
  }
}

void DumpOriginal(const Original& original, Dumper* dumper) {
  dumper->Open("original");
  dumper->Line("message-id", original.message_id);
  dumper->Line("return-path", original.return_path);
  dumper->Line("from", original.from);
  dumper->Line("to", original.to);
  dumper->Line("subject", original.subject);
  dumper->Line("list-id", original.list_id);
  for (const std::string& id : original.received_ids) {
    dumper->Line("received-id", id);
  }
  dumper->Line("submitted-at", original.submitted_at);
  for (const OwnField& field : original.extra) {
    dumper->Line(field.name, field.value);
  }
  dumper->Close();
}

}  // namespace

std::string Dump(const Reading& reading) {
  Dumper dumper;
  dumper.Line("kind", KindName(reading.kind));
  dumper.Line("header-fields", std::to_string(reading.header.fields().size()));
  dumper.Line("subject", DecodeHeaderText(reading.header.Get("Subject")));
  if (reading.truncated) dumper.Line("truncated", "yes");
  DumpReport(reading.report, &dumper);
  dumper.Line("feedback-type", reading.complaint.feedback_type);
  dumper.Line("user-agent", reading.complaint.user_agent);
  dumper.Line("source-ip", reading.complaint.source_ip);
  for (const Address& address : reading.complaint.original_recipients) {
    dumper.Line("complained-of", address.NormalisedText({}));
  }
  if (reading.original) DumpOriginal(*reading.original, &dumper);
  return dumper.text();
}

}  // namespace postbounce
