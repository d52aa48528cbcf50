#include "daemon/intake.h"

#include <algorithm>
#include <utility>

#include "daemon/judgement.h"
#include "mime/message.h"
#include "mime/reading.h"
#include "mime/text/text.h"
#include "store/compress.h"

namespace postbounce {
namespace {

constexpr std::size_t kShownHeader = 300;  // bytes of From and Subject kept
constexpr std::size_t kTraceField = 1000;  // bytes of a Received field kept
constexpr std::size_t kEnvelopeRecipients = 100;

std::string Shown(std::string_view value) {
  return Printable(DecodeHeaderText(value.substr(0, 4 * kShownHeader)),
                   kShownHeader);
}

std::string TraceField(const Header& header, int wanted) {
  for (const Field& field : header.fields()) {
    if (!EqualsIgnoringCase(field.name, "Received")) continue;
    if (wanted-- == 0) return ToUtf8(Clip(field.value, kTraceField));
  }
  return {};
}

Facts FactsOf(const Envelope& envelope, Route route, Reading& reading) {
  Facts facts;
  facts.route = route;
  facts.envelope_sender = envelope.sender;
  facts.envelope_recipients = envelope.recipients;
  if (facts.envelope_recipients.size() > kEnvelopeRecipients) {
    facts.envelope_recipients.resize(kEnvelopeRecipients);
  }
  DeliveryReport& report = reading.report;
  facts.envelope_id = std::move(report.original_envelope_id);
  facts.reporting_mta = std::move(report.reporting_mta);
  facts.queue_id = std::move(report.queue_id);
  facts.arrival_date = report.arrival_date;
  if (reading.original) {
    facts.original_message_id = std::move(reading.original->message_id);
    facts.original_return_path = std::move(reading.original->return_path);
    facts.received_ids = std::move(reading.original->received_ids);
    for (OwnField& field : reading.original->extra) {
      facts.original_fields.emplace_back(std::move(field.name),
                                         std::move(field.value));
    }
  }
  facts.first_received = TraceField(reading.header, 0);
  facts.second_received = TraceField(reading.header, 1);
  return facts;
}

// People write to bounce addresses, and some bounces name nobody.
bool IsForPeople(const Judgement& judgement) {
  switch (judgement.reading.kind) {
    case MailKind::kOther:
      return true;
    case MailKind::kDeliveryReport:
      return std::none_of(
          judgement.recipients.begin(), judgement.recipients.end(),
          [](const Witness& w) { return w.mailed.has_value(); });
    case MailKind::kComplaint:
    case MailKind::kAutoReply:
    case MailKind::kLogLine:
      return false;
  }
  return true;
}

}  // namespace

Mail UnderstandMail(const Envelope& envelope, Route route,
                    std::string_view bytes, std::size_t size,
                    const Runtime& runtime, Timestamp now) {
  Judgement judgement = Judge(bytes, runtime.read_options, runtime.rules);
  Reading& reading = judgement.reading;
  Mail mail;
  mail.digest = MailDigest(bytes);
  mail.received = now;
  // Without a Date, another time that is the same when the mail comes again.
  mail.date = ParseDate(reading.header.Get("Date"))
                  .value_or(reading.report.arrival_date.value_or(now));
  mail.kind = reading.kind;
  mail.for_people = IsForPeople(judgement);
  mail.forward = mail.for_people && !runtime.config.intake_forward.empty() &&
                 !reading.header.Has(kForwardedField);
  mail.from = Shown(reading.header.Get("From"));
  mail.subject = Shown(reading.header.Get("Subject"));
  mail.size = size;
  mail.rules_hash = runtime.rules.hash();
  mail.kept = mail.for_people ? Compress(bytes)
                              : Compress(WithoutReturnedBody(bytes, reading));
  mail.facts = FactsOf(envelope, route, reading);
  mail.witnesses = std::move(judgement.recipients);
  return mail;
}

}  // namespace postbounce
