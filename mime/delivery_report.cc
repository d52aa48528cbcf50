#include "mime/delivery_report.h"

#include <array>
#include <utility>

#include "mime/header.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text/xtext.h"

namespace postbounce {
namespace {

// Cut once more, since ToUtf8() may double what is no UTF-8.
std::string Kept(std::string_view text, std::size_t max) {
  std::string kept = ToUtf8(Clip(text, max));
  kept.resize(Clip(kept, max).size());
  return kept;
}

std::string KeptField(std::string_view raw) {
  return Kept(Unfold(raw), kFieldKept);
}

// "smtp" of "smtp; 550 no": takes the type off, or nothing when there is none.
std::string_view TakeType(std::string_view* value) {
  std::size_t size = 0;
  while (size < value->size() && size < 40) {
    const char c = AsciiLower((*value)[size]);
    if (!IsDigit(c) && c != '-' && c != '_' && c != '.' && c != '/' &&
        (c < 'a' || c > 'z')) {
      break;
    }
    ++size;
  }
  const std::string_view type = value->substr(0, size);
  std::string_view rest = Trim(value->substr(size));
  if (!TakeChar(&rest, ';')) return {};
  *value = Trim(rest);
  return type;
}

// "mx.example.org" of "dns; mx.example.org".
std::string WithoutType(std::string_view raw) {
  const std::string text = KeptField(raw);
  std::string_view rest = text;
  TakeType(&rest);
  return std::string(rest);
}

// Postfix 3.7 writes `"bounce+\<C3>\<BC>"@example.org` for an UTF-8 sender.
std::string WithoutEscaped8Bit(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size() &&
                        static_cast<unsigned char>(text[i + 1]) >= 0x80;
    if (!escape) out += text[i];
  }
  return out;
}

// True when each "+" begins "+2B" or "+3D", and there is one: by RFC 3461 a
// text in xtext encodes "+" and "=", and nothing else that mailboxes contain.
bool LooksLikeXtext(std::string_view text) {
  bool found = false;
  for (std::size_t plus = text.find('+'); plus != text.npos;
       plus = text.find('+', plus + 1)) {
    const std::string_view escape = text.substr(plus, 3);
    if (escape != "+2B" && escape != "+3D") return false;
    found = true;
  }
  return found;
}

// `text` without its comments, and without what stands in front of its angle
// brackets. Empty when it has several of these: whose address is it then?
std::string WithoutNames(std::string_view text) {
  std::string out;
  bool quoted = false;
  bool bracketed = false;
  while (!text.empty()) {
    if (!quoted && text.front() == '(') {
      SkipComments(&text);
      continue;
    }
    const char c = text.front();
    text.remove_prefix(1);
    if (!quoted && c == '<') {
      if (std::exchange(bracketed, true)) return {};
      out.clear();
    }
    if (c == '"') quoted = !quoted;
    out += c;
    if (c != '\\' || !quoted || text.empty()) continue;
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

// The mailbox of "joe@example.org (Joe)", `"Joe" <joe@example.org>`. Names and
// comments may hold the addresses of others.
std::optional<Address> FindMailbox(std::string_view text) {
  Result<Address> mailbox = Address::Parse(text);
  if (!mailbox) mailbox = Address::Parse(WithoutNames(text));
  if (mailbox) return *std::move(mailbox);
  return std::nullopt;
}

// Collects the fields; a recipient ends where the next one begins.
class ReportReader {
 public:
  void AddField(const RawField& field) {
    const std::string_view name = field.name;
    for (const RecipientField& entry : kRecipientFields) {
      if (EqualsIgnoringCase(name, entry.name)) {
        (this->*entry.add)(field.value);
        return;
      }
    }
    AddMessageField(name, field.value);
  }

  // An empty line was seen.
  void EndGroup() {
    if (!has_address() && !has_outcome()) return;
    // Boxbe writes the Action among the fields of the message.
    const bool of_all = !has_address() && report_.recipients.empty() &&
                        current_.diagnostic.empty();
    if (of_all) {
      of_all_ = std::move(current_);
    } else {
      AddCurrent();
    }
    current_ = {};
    outcome_follows_address_ = false;
  }

  DeliveryReport Finish() {
    EndGroup();
    const bool has_outcome =
        !of_all_.action_text.empty() || !of_all_.status.empty();
    if (report_.recipients.empty() && has_outcome) {
      report_.recipients.push_back(std::move(of_all_));
    }
    return std::move(report_);
  }

 private:
  struct RecipientField {
    std::string_view name;
    void (ReportReader::*add)(std::string_view raw);
  };

  void AddCurrent() {
    ReportedRecipient* last =
        report_.recipients.empty() ? nullptr : &report_.recipients.back();
    // Each recipient has a Final-Recipient, RFC 3464 section 2.3.2.
    const bool is_rest =
        last != nullptr && last_lacks_outcome_ &&
        current_.final_recipient.text.empty() &&
        (!has_address() || last->original_recipient.text.empty());
    if (is_rest) {
      MergeInto(last);
    } else if (report_.recipients.size() == limits::kReportRecipients) {
      ++report_.recipients_omitted;
      last_lacks_outcome_ = false;
    } else {
      last_lacks_outcome_ = !has_outcome();
      if (current_.action_text.empty()) {
        current_.action = of_all_.action;
        current_.action_text = of_all_.action_text;
      }
      if (current_.status.empty()) current_.status = of_all_.status;
      report_.recipients.push_back(std::move(current_));
    }
  }

  bool has_address() const {
    return !current_.final_recipient.text.empty() ||
           !current_.original_recipient.text.empty();
  }
  bool has_outcome() const {
    return !current_.action_text.empty() || !current_.status.empty();
  }

  // A report without empty lines between its recipients has to be cut where
  // an address comes for the second time, or after the outcome for another.
  // An outcome in front of the addresses is no such mark: Amazon SES and
  // Mimecast write "Action" first.
  void AddAddress(TypedAddress ReportedRecipient::*which, std::string_view raw,
                  AddressOrigin origin) {
    const bool repeated = !(current_.*which).text.empty();
    // The outcome of the one before, cut off by an empty line.
    const bool is_late = !has_address() && has_outcome() && last_lacks_outcome_;
    if (repeated || outcome_follows_address_ || is_late) EndGroup();
    current_.*which = ParseTypedAddress(Unfold(raw), origin);
  }

  void AddFinalRecipient(std::string_view raw) {
    AddAddress(&ReportedRecipient::final_recipient, raw,
               AddressOrigin::kEnvelope);
  }
  void AddOriginalRecipient(std::string_view raw) {
    AddAddress(&ReportedRecipient::original_recipient, raw,
               AddressOrigin::kOrcpt);
  }
  void AddAction(std::string_view raw) {
    // Where the outcome comes first, a second one is the next recipient's.
    if (!current_.action_text.empty()) {
      if (!has_address() || outcome_follows_address_) return;
      EndGroup();
    }
    outcome_follows_address_ = has_address();
    current_.action_text = KeptField(raw);
    current_.action = ParseAction(current_.action_text);
  }
  void AddStatus(std::string_view raw) {
    if (!current_.status.empty()) return;
    outcome_follows_address_ = has_address();
    current_.status = KeptField(raw);
  }
  void AddRemoteMta(std::string_view raw) {
    if (current_.remote_mta.empty()) current_.remote_mta = WithoutType(raw);
  }
  void AddDiagnostic(std::string_view raw) {
    if (!current_.diagnostic.empty()) return;
    const std::string unfolded = Unfold(raw);
    std::string_view text = unfolded;
    current_.diagnostic_type = ToLower(TakeType(&text));
    current_.diagnostic = Kept(text, limits::kDiagnosticKept);
  }
  void AddLastAttempt(std::string_view raw) {
    if (!current_.last_attempt) current_.last_attempt = ParseDate(Unfold(raw));
  }
  void AddWillRetry(std::string_view raw) {
    if (!current_.will_retry_until) {
      current_.will_retry_until = ParseDate(Unfold(raw));
    }
  }

  void MergeInto(ReportedRecipient* last) {
    last_lacks_outcome_ = false;
    if (last->original_recipient.text.empty()) {
      last->original_recipient = std::move(current_.original_recipient);
    }
    last->action = current_.action;
    last->action_text = std::move(current_.action_text);
    last->status = std::move(current_.status);
    if (last->remote_mta.empty()) {
      last->remote_mta = std::move(current_.remote_mta);
    }
    if (last->diagnostic.empty()) {
      last->diagnostic_type = std::move(current_.diagnostic_type);
      last->diagnostic = std::move(current_.diagnostic);
    }
    if (!last->last_attempt) last->last_attempt = current_.last_attempt;
    if (!last->will_retry_until) {
      last->will_retry_until = current_.will_retry_until;
    }
  }

  void AddMessageField(std::string_view name, std::string_view raw) {
    const auto set = [](std::string* text, std::string value) {
      if (text->empty()) *text = std::move(value);
    };
    if (EqualsIgnoringCase(name, "Reporting-MTA")) {
      set(&report_.reporting_mta, WithoutType(raw));
    } else if (EqualsIgnoringCase(name, "Received-From-MTA")) {
      set(&report_.received_from_mta, WithoutType(raw));
    } else if (EqualsIgnoringCase(name, "Original-Envelope-Id")) {
      set(&report_.original_envelope_id, KeptField(raw));
    } else if (EqualsIgnoringCase(name, "Arrival-Date")) {
      if (!report_.arrival_date) report_.arrival_date = ParseDate(Unfold(raw));
    } else if (StartsWithIgnoringCase(name, "X-")) {
      AddPostfixField(ToLower(name), raw);
    }
  }

  void AddPostfixField(std::string_view name, std::string_view raw) {
    if (name.ends_with("-queue-id")) {
      if (report_.queue_id.empty()) report_.queue_id = KeptField(raw);
    } else if (name.ends_with("-sender")) {
      if (report_.sender.text.empty()) {
        report_.sender =
            ParseTypedAddress(Unfold(raw), AddressOrigin::kEnvelope);
      }
    }
  }

  static const std::array<RecipientField, 8> kRecipientFields;

  DeliveryReport report_;
  ReportedRecipient current_;
  ReportedRecipient of_all_;  // an outcome in front of all recipients
  bool outcome_follows_address_ = false;  // in current_
  bool last_lacks_outcome_ = false;       // of the last one in report_
};

const std::array<ReportReader::RecipientField, 8>
    ReportReader::kRecipientFields = {{
        {"Final-Recipient", &ReportReader::AddFinalRecipient},
        {"Original-Recipient", &ReportReader::AddOriginalRecipient},
        {"Action", &ReportReader::AddAction},
        {"Status", &ReportReader::AddStatus},
        {"Remote-MTA", &ReportReader::AddRemoteMta},
        {"Diagnostic-Code", &ReportReader::AddDiagnostic},
        {"Last-Attempt-Date", &ReportReader::AddLastAttempt},
        {"Will-Retry-Until", &ReportReader::AddWillRetry},
    }};

}  // namespace

TypedAddress ParseTypedAddress(std::string_view value, AddressOrigin origin) {
  TypedAddress address;
  std::string_view rest = Trim(value);
  address.type = ToLower(TakeType(&rest));
  std::string text(Clip(rest, limits::kAddressUtf8));
  if (!IsValidUtf8(text)) text = ToUtf8(WithoutEscaped8Bit(text));
  if (address.type == "utf-8") text = DecodeUtf8Address(text);
  if (origin == AddressOrigin::kOrcpt && LooksLikeXtext(text)) {
    text = DecodeXtext(text);
  }
  text.resize(Clip(text, limits::kAddressUtf8).size());
  address.text = std::move(text);
  // An X.400 address may contain something that looks like a mailbox.
  if (!address.type.starts_with("x400") && !address.type.starts_with("x.400")) {
    address.mailbox = FindMailbox(address.text);
  }
  return address;
}

DeliveryReport ParseDeliveryReport(std::string_view body) {
  ReportReader reader;
  std::string_view rest = body.substr(0, limits::kReportSize);
  while (const std::optional<RawField> field = TakeField(&rest)) {
    if (!field->name.empty()) {
      reader.AddField(*field);
    } else if (field->value.empty()) {
      reader.EndGroup();
    }
  }
  return reader.Finish();
}

}  // namespace postbounce
