#include "daemon/judgement.h"

#include <optional>
#include <string>
#include <utility>

#include "classifier/classifier.h"
#include "classifier/enhanced_status.h"
#include "classifier/reply_code.h"
#include "mime/text/text.h"
#include "mime/trace_field.h"

namespace postbounce {
namespace {

// The host that made the mail itself, as Postfix makes bounces; empty when it
// took the mail from somebody.
std::string LocalOrigin(const Header& header) {
  const std::optional<TraceField> top = ReadTraceField(header.Get("Received"));
  return top && top->kind == TraceKind::kLocal ? top->by : std::string();
}

// True for the report of the host that the mail was sent from.
bool IsMadeWhereMailed(const Reading& reading, std::string_view host) {
  if (host.empty()) return false;
  if (EqualsIgnoringCase(LocalOrigin(reading.header), host)) return true;
  return reading.original &&
         EqualsIgnoringCase(reading.original->submitted_at, host);
}

// A missing or unknown Action is made up for by the class of the status; a
// report that says neither reports a failure.
Action EffectiveAction(const ReportedRecipient& recipient) {
  if (recipient.action != Action::kOther) return recipient.action;
  int digit = 0;
  if (const auto status = EnhancedStatus::FromField(recipient.status)) {
    digit = status->status_class();
  } else if (const auto reply = ReplyCode::Find(recipient.diagnostic)) {
    digit = reply->value() / 100;
  }
  switch (digit) {
    case 5:
      return Action::kFailed;
    case 4:
      return Action::kDelayed;
    case 2:
      return Action::kDelivered;
    default:
      return recipient.action_text.empty() ? Action::kFailed : Action::kOther;
  }
}

// The address that left the site that mailed it, as far as a report alone can
// tell: what our own Postfix reports is its Final-Recipient; elsewhere the
// final one may be an alias's member that was never mailed from here.
const TypedAddress& MailedOf(const ReportedRecipient& recipient,
                             bool made_where_mailed) {
  if (made_where_mailed && recipient.final_recipient.mailbox) {
    return recipient.final_recipient;
  }
  return recipient.original_recipient.mailbox ? recipient.original_recipient
                                              : recipient.final_recipient;
}

Witness WitnessOf(ReportedRecipient& recipient, const DeliveryReport& report,
                  bool made_where_mailed, const RuleSet& rules,
                  MatchMemo* memo) {
  Witness witness;
  witness.mailed = MailedOf(recipient, made_where_mailed).mailbox;
  witness.original_recipient = recipient.original_recipient.text;
  witness.final_recipient = recipient.final_recipient.text;
  witness.evidence.action = EffectiveAction(recipient);
  witness.evidence.status = std::move(recipient.status);
  witness.evidence.diagnostic_type = std::move(recipient.diagnostic_type);
  witness.evidence.diagnostic = std::move(recipient.diagnostic);
  witness.evidence.remote_mta = std::move(recipient.remote_mta);
  witness.evidence.reporting_mta = report.reporting_mta;
  witness.evidence.address_needs_smtputf8 =
      witness.mailed && witness.mailed->needs_smtputf8();
  witness.verdict = Classify(witness.evidence, rules, memo);
  return witness;
}

// The mailbox of a From field: "Joe <joe@example.org>", "joe@example.org".
std::string_view MailboxOf(std::string_view from) {
  const std::size_t open = from.rfind('<');
  if (open == std::string_view::npos) return Trim(from);
  const std::size_t close = from.find('>', open);
  return from.substr(
      open, close == std::string_view::npos ? close : close - open + 1);
}

Witness AboutReason(std::optional<Address> address, Reason reason) {
  const ReasonInfo& info = InfoOf(reason);
  Witness witness;
  witness.mailed = std::move(address);
  witness.verdict.reason = reason;
  witness.verdict.reason_class = info.reason_class;
  witness.verdict.fault = info.fault;
  witness.verdict.rule = "mail kind";
  return witness;
}

int Weight(Action action) {
  switch (action) {
    case Action::kFailed:
      return 5;
    case Action::kDelayed:
      return 4;
    case Action::kDelivered:
      return 3;
    case Action::kRelayed:
      return 2;
    case Action::kExpanded:
      return 1;
    case Action::kOther:
      return 0;
  }
  return 0;
}

}  // namespace

std::string_view KindOf(MailKind kind, std::span<const Witness> recipients) {
  switch (kind) {
    case MailKind::kOther:
      return "not-a-bounce";
    case MailKind::kComplaint:
      return "complaint";
    case MailKind::kAutoReply:
      return "auto-reply";
    case MailKind::kDeliveryReport:
    case MailKind::kLogLine:
      break;
  }
  Action weightiest = Action::kOther;
  for (const Witness& witness : recipients) {
    if (Weight(witness.evidence.action) > Weight(weightiest)) {
      weightiest = witness.evidence.action;
    }
  }
  return weightiest == Action::kOther ? "failed" : ActionName(weightiest);
}

namespace {

void JudgeRecipients(Judgement* judgement, const RuleSet& rules,
                     MatchMemo* memo) {
  DeliveryReport& report = judgement->reading.report;
  const bool made_where_mailed =
      IsMadeWhereMailed(judgement->reading, report.reporting_mta);
  judgement->recipients.reserve(report.recipients.size());
  for (ReportedRecipient& recipient : report.recipients) {
    judgement->recipients.push_back(
        WitnessOf(recipient, report, made_where_mailed, rules, memo));
  }
  report.recipients.clear();
}

void JudgeComplaint(Judgement* judgement) {
  FeedbackReport& complaint = judgement->reading.complaint;
  if (complaint.is_not_spam()) return;
  const Reason reason = complaint.is_about_authentication()
                            ? Reason::kAuthenticationFailed
                            : Reason::kComplaint;
  for (Address& address : complaint.original_recipients) {
    judgement->recipients.push_back(AboutReason(std::move(address), reason));
  }
  // Somebody complained, whoever it is.
  if (judgement->recipients.empty()) {
    judgement->recipients.push_back(AboutReason(std::nullopt, reason));
  }
}

void Number(std::vector<Witness>* witnesses) {
  for (std::size_t i = 0; i < witnesses->size(); ++i) {
    (*witnesses)[i].ordinal = static_cast<std::uint32_t>(i);
  }
}

}  // namespace

Judgement Judge(std::string_view bytes, const ReadOptions& options,
                const RuleSet& rules) {
  Judgement judgement;
  judgement.reading = ReadMail(bytes, options);
  Reading& reading = judgement.reading;
  if (reading.kind == MailKind::kDeliveryReport) {
    MatchMemo memo;
    JudgeRecipients(&judgement, rules, &memo);
  } else if (reading.kind == MailKind::kComplaint) {
    JudgeComplaint(&judgement);
  } else if (reading.kind == MailKind::kAutoReply) {
    if (auto from = Address::Parse(MailboxOf(reading.header.Get("From")))) {
      judgement.recipients.push_back(
          AboutReason(*std::move(from), Reason::kAutoReply));
    }
  }
  Number(&judgement.recipients);
  judgement.kind = KindOf(judgement.reading.kind, judgement.recipients);
  return judgement;
}

Judgement JudgeReport(DeliveryReport report, const RuleSet& rules) {
  MatchMemo memo;
  return JudgeReport(std::move(report), rules, &memo);
}

Judgement JudgeReport(DeliveryReport report, const RuleSet& rules,
                      MatchMemo* memo) {
  Judgement judgement;
  judgement.reading.kind = MailKind::kDeliveryReport;
  judgement.reading.report = std::move(report);
  JudgeRecipients(&judgement, rules, memo);
  Number(&judgement.recipients);
  judgement.kind = KindOf(judgement.reading.kind, judgement.recipients);
  return judgement;
}

}  // namespace postbounce
