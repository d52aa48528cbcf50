#include "daemon/intake.h"

#include <algorithm>
#include <utility>

#include "daemon/judgement.h"
#include "mime/message.h"
#include "mime/reading.h"
#include "mime/text/text.h"
#include "mime/text/verp.h"
#include "mime/trace_field.h"
#include "store/compress.h"
#include "store/origin.h"

namespace postbounce {
namespace {

constexpr std::size_t kShownHeader = 300;  // bytes of From and Subject kept
constexpr std::size_t kTraceField = 1000;  // bytes of a Received field kept
constexpr std::size_t kEnvelopeRecipients = 100;
constexpr std::size_t kBounceAddresses = 4;  // that are looked at

Proof ProofOf(VerpProof verp) {
  switch (verp) {
    case VerpProof::kNone:
      return Proof::kNone;
    case VerpProof::kUnsigned:
      return Proof::kWeak;
    case VerpProof::kSigned:
      return Proof::kStrong;
  }
  return Proof::kNone;
}

std::string Shown(std::string_view value) {
  return Printable(DecodeHeaderText(value.substr(0, 4 * kShownHeader)),
                   kShownHeader);
}

std::string_view Received(const Header& header, int wanted) {
  for (const Field& field : header.fields()) {
    if (!EqualsIgnoringCase(field.name, "Received")) continue;
    if (wanted-- == 0) return field.value;
  }
  return {};
}

std::string Kept(std::string_view trace_field) {
  return ToUtf8(Clip(trace_field, kTraceField));
}

// Below the field of the last hop: an alias has sent the mail on.
bool HasDeliveredTo(const Header& header) {
  bool is_below = false;
  return std::any_of(
      header.fields().begin(), header.fields().end(), [&](const Field& field) {
        is_below |= EqualsIgnoringCase(field.name, "Received");
        return is_below && EqualsIgnoringCase(field.name, "Delivered-To");
      });
}

// Whether Postfix made this report itself, at the host that wrote its only
// trace field. local(8) writes such a field, too, when an alias sends a mail
// on; and notices of smtpd(8) repeat what a client has typed.
bool IsOwnReport(const TraceField& trace, const Facts& facts,
                 const Header& header) {
  return trace.kind == TraceKind::kLocal && facts.second_received.empty() &&
         !HasDeliveredTo(header) && !facts.queue_id.empty() &&
         EqualsIgnoringCase(Trim(facts.reporting_mta), trace.by) &&
         !IsSenderOfMail(facts.envelope_sender);
}

// Only our own Postfix writes the first field of what comes in at its socket;
// at another anybody may. RFC 5321 section 4.4. A milter sees the mail before
// Postfix has written any.
void AddTrace(const Header& header, Route route, const Site& site,
              Facts* facts) {
  const auto trace = ReadTraceField(Received(header, 0));
  if (route != Route::kUnixSocket || !trace ||
      trace->mail_name != site.mail_name) {
    return;
  }
  const bool is_our_host = std::any_of(
      site.hosts.begin(), site.hosts.end(), [&](const std::string& host) {
        return EqualsIgnoringCase(trace->by, host);
      });
  if (!is_our_host) return;
  facts->is_local_origin = IsOwnReport(*trace, *facts, header);
  facts->client_name = trace->client_name;
  facts->client_address = trace->client_address;
}

Facts FactsOf(const Envelope& envelope, Route route, const Site& site,
              Reading& reading) {
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
  facts.first_received = Kept(Received(reading.header, 0));
  facts.second_received = Kept(Received(reading.header, 1));
  facts.client_name = envelope.client_name;
  facts.client_address = envelope.client_address;
  AddTrace(reading.header, route, site, &facts);
  return facts;
}

std::optional<Address> AddressIn(const std::string& text) {
  auto address = Address::Parse(text);
  if (!address) return std::nullopt;
  return *std::move(address);
}

// The names that a report has for a recipient, each once.
std::vector<Address> NamesOf(const Witness& witness) {
  std::vector<Address> names;
  for (const auto& name :
       {witness.mailed, AddressIn(witness.original_recipient),
        AddressIn(witness.final_recipient)}) {
    if (name && std::find(names.begin(), names.end(), *name) == names.end()) {
      names.push_back(*name);
    }
  }
  return names;
}

// A bounce comes to one address. Of others the first few are looked at: whoever
// gives a thousand, and names ten thousand recipients, must not keep us busy.
std::vector<Address> BounceAddressesOf(const Facts& facts) {
  std::vector<Address> addresses;
  for (const std::string& text : facts.envelope_recipients) {
    if (addresses.size() == kBounceAddresses) break;
    if (auto address = AddressIn(text)) addresses.push_back(*address);
  }
  return addresses;
}

// What the addresses that the report came to say of each recipient.
void FindVerps(const Facts& facts, const Runtime& runtime,
               std::vector<Witness>* witnesses) {
  const char delimiter = runtime.config.verp_delimiter.front();
  const std::vector<Address> bounces = BounceAddressesOf(facts);
  for (Witness& witness : *witnesses) {
    const std::vector<Address> names = NamesOf(witness);
    for (const Address& bounce : bounces) {
      for (const Address& name : names) {
        const VerpFinding found =
            FindVerp(runtime.verp_keys, delimiter, bounce, name);
        const Proof proof = ProofOf(found.proof);
        if (proof <= witness.verp) continue;
        witness.verp = proof;
        witness.mailed = name;
        if (proof == Proof::kStrong) witness.verp_day = found.day;
      }
    }
  }
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
                    const Runtime& runtime, const Site& site, Timestamp now) {
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
  mail.facts = FactsOf(envelope, route, site, reading);
  mail.witnesses = std::move(judgement.recipients);
  // Whoever writes to this site chooses where our Postfix sends its report,
  // which says by itself whom it is about.
  if (!mail.facts.is_local_origin) {
    FindVerps(mail.facts, runtime, &mail.witnesses);
  }
  return mail;
}

}  // namespace postbounce
