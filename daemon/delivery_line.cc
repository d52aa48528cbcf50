#include "daemon/delivery_line.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "maillog/log_record.h"
#include "maillog/scan.h"
#include "mime/text/address.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// The time is of no interest here: any year that has all days will do.
constexpr int kLeapYear = 2024;

bool SplitLine(std::string_view text, LogLine* line) {
  StampReader stamps(kLeapYear, [](std::int64_t local) { return local; });
  return SplitLogLine(text, &stamps, line) == LineKind::kPostfix ||
         SplitTagged(text, line) == LineKind::kPostfix;
}

struct Outcome {
  std::string_view word;
  Action action;
};
// soft_bounce=yes turns what would have bounced into SOFTBOUNCE; the last two
// are of probes.
constexpr std::array<Outcome, 7> kOutcomes = {{
    {"bounced", Action::kFailed},
    {"deferred", Action::kDelayed},
    {"sent", Action::kDelivered},
    {"expanded", Action::kExpanded},
    {"SOFTBOUNCE", Action::kDelayed},
    {"deliverable", Action::kDelivered},
    {"undeliverable", Action::kFailed},
}};

const Outcome* FindOutcome(std::string_view word) {
  const auto* found = std::find_if(
      kOutcomes.begin(), kOutcomes.end(),
      [&](const Outcome& outcome) { return outcome.word == word; });
  return found == kOutcomes.end() ? nullptr : found;
}

// Splits what Postfix logs of a remote server's refusal into who and what, as
// it does itself in its reports.
void SetDiagnostic(std::string_view text, ReportedRecipient* recipient) {
  std::string_view rest = text;
  std::string_view host;
  if (TakePrefix(&rest, "host ")) {
    const std::size_t end = rest.find(' ');
    host = rest.substr(0, end);
    rest.remove_prefix(host.size());
    if (!TakePrefix(&rest, " said: ") &&
        !TakePrefix(&rest, " refused to talk to me: ")) {
      host = {};
    }
  }
  if (host.empty()) {
    recipient->diagnostic = ToUtf8(Clip(text, limits::kDiagnosticKept));
    return;
  }
  constexpr std::string_view kReplyTo = " (in reply to ";
  const std::size_t reply_to = rest.rfind(kReplyTo);
  if (reply_to != std::string_view::npos &&
      rest.find(')', reply_to) >= rest.size() - 1) {
    rest = rest.substr(0, reply_to);
  }
  recipient->diagnostic_type = "smtp";
  recipient->diagnostic = ToUtf8(Clip(rest, limits::kDiagnosticKept));
  recipient->remote_mta =
      ToUtf8(Clip(host.substr(0, host.find('[')), kFieldKept));
}

// The lines of a reply as one, without what a report has in front of it.
std::string ReplyIn(std::string_view text) {
  for (std::string_view label : {"diagnostic-code:", "smtp;"}) {
    text = Trim(text);
    if (StartsWithIgnoringCase(text, label)) text.remove_prefix(label.size());
  }
  std::string reply;
  while (const auto line = TakeLine(&text)) {
    if (!reply.empty()) reply += ' ';
    reply += Trim(*line);
  }
  return reply;
}

}  // namespace

Result<DeliveryLine> DeliveryLine::Parse(std::string_view text) {
  LogLine line;
  LogRecord record;
  if (SplitLine(Trim(text), &line)) record = ReadLogRecord(line);
  const auto* delivery = std::get_if<Delivery>(&record.what);
  if (delivery == nullptr) {
    return Error(ErrorCode::kSyntax, "not a delivery in Postfix's log", text);
  }
  DeliveryLine parsed;
  parsed.host = line.host;
  parsed.queue_id = record.queue_id;
  parsed.to = delivery->to;
  parsed.orig_to = delivery->orig_to;
  parsed.relay = delivery->relay;
  parsed.dsn = delivery->dsn;
  parsed.status = DeliveryStatusName(delivery->status);
  parsed.text = delivery->text;
  return parsed;
}

bool IsPostfixLogLine(std::string_view text) {
  LogLine line;
  return SplitLine(text, &line);
}

DeliveryReport ReportOf(const DeliveryLine& line) {
  DeliveryReport report;
  report.reporting_mta = ToUtf8(line.host);
  report.queue_id = ToUtf8(line.queue_id);
  ReportedRecipient recipient;
  // Without a mailbox: `to` is what was mailed, whatever it was before.
  recipient.original_recipient.text = ToUtf8(line.orig_to);
  recipient.final_recipient.type = "rfc822";
  recipient.final_recipient.text = ToUtf8(line.to);
  if (auto mailbox = Address::Parse(line.to)) {
    recipient.final_recipient.mailbox = *std::move(mailbox);
  }
  if (const Outcome* outcome = FindOutcome(line.status)) {
    recipient.action = outcome->action;
    recipient.action_text = outcome->word;
  }
  recipient.status = ToUtf8(line.dsn);
  SetDiagnostic(line.text, &recipient);
  if (recipient.remote_mta.empty()) recipient.diagnostic_type = "x-postfix";
  report.recipients.push_back(std::move(recipient));
  return report;
}

DeliveryReport ReportOfText(std::string_view text) {
  DeliveryReport report = ParseDeliveryReport(text);
  if (!report.recipients.empty()) return report;
  ReportedRecipient recipient;
  SetDiagnostic(ReplyIn(text), &recipient);
  report.recipients.push_back(std::move(recipient));
  return report;
}

}  // namespace postbounce
