#include "daemon/delivery_line.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "mime/text/address.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

bool IsAlnum(char c) {
  return IsDigit(c) || (AsciiLower(c) >= 'a' && AsciiLower(c) <= 'z');
}

bool TakePrefix(std::string_view* rest, std::string_view prefix) {
  if (!rest->starts_with(prefix)) return false;
  rest->remove_prefix(prefix.size());
  return true;
}

// Takes up to `end` off the front, and `end` as well.
std::optional<std::string_view> TakeUntil(std::string_view* rest,
                                          std::string_view end) {
  const std::size_t at = rest->find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest->substr(0, at);
  rest->remove_prefix(at + end.size());
  return taken;
}

// "Nov 21 00:11:23 " or "Nov  1 00:11:23 "
bool TakeSyslogTime(std::string_view* rest) {
  std::string_view text = *rest;
  if (text.size() < 16 || !IsAlnum(text[0]) || text[3] != ' ') return false;
  text.remove_prefix(4);
  TakeChar(&text, ' ');
  if (!TakeNumber(&text, 2) || !TakeChar(&text, ' ') || !TakeNumber(&text, 2) ||
      !TakeChar(&text, ':') || !TakeNumber(&text, 2) || !TakeChar(&text, ':') ||
      !TakeNumber(&text, 2) || !TakeChar(&text, ' ')) {
    return false;
  }
  *rest = text;
  return true;
}

// "2026-11-21T01:08:10.269032+00:00 "
bool TakeIsoTime(std::string_view* rest) {
  std::string_view text = *rest;
  const auto word = TakeUntil(&text, " ");
  if (!word || word->size() < 19 || !IsDigit((*word)[0]) || (*word)[4] != '-' ||
      (*word)[10] != 'T' ||
      word->find_first_not_of("0123456789-+:.TZ") != std::string_view::npos) {
    return false;
  }
  *rest = text;
  return true;
}

// Takes "TIME HOST postfix/smtp[218]: " off the front; TIME and HOST may be
// missing. The name before the program can be any (syslog_name), but one
// without a slash is not of Postfix. Gives the host.
std::optional<std::string_view> TakeLogPrefix(std::string_view* rest) {
  std::string_view host;
  if (TakeSyslogTime(rest) || TakeIsoTime(rest)) {
    const auto word = TakeUntil(rest, " ");
    if (!word) return std::nullopt;
    host = *word;
  }
  const auto tag = TakeUntil(rest, "[");
  if (!tag || tag->find('/') == std::string_view::npos ||
      tag->find_first_of(" <>:=") != std::string_view::npos) {
    return std::nullopt;
  }
  if (!TakeNumber(rest, 10) || !TakePrefix(rest, "]: ")) return std::nullopt;
  return host;
}

// "<joe@example.org>"; a quoted local part may hold anything.
std::optional<std::string_view> TakePath(std::string_view* rest) {
  if (!TakeChar(rest, '<')) return std::nullopt;
  bool quoted = false;
  for (std::size_t i = 0; i < rest->size(); ++i) {
    const char c = (*rest)[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '>' && !quoted) {
      const std::string_view path = rest->substr(0, i);
      rest->remove_prefix(i + 1);
      return path;
    }
  }
  return std::nullopt;
}

// "delay=0.05, "
bool SkipField(std::string_view* rest, std::string_view name) {
  std::string_view text = *rest;
  if (!TakePrefix(&text, name)) return true;
  const auto value = TakeUntil(&text, ", ");
  if (!value || value->find(' ') != std::string_view::npos) return false;
  *rest = text;
  return true;
}

// What is between "(" and the last ")"; Postfix cuts long lines.
std::string_view TextOf(std::string_view rest) {
  if (!TakeChar(&rest, '(')) return {};
  const std::size_t end = rest.rfind(')');
  return end == std::string_view::npos ? rest : rest.substr(0, end);
}

struct Outcome {
  std::string_view word;
  Action action;
};
// soft_bounce=yes turns what would have bounced into SOFTBOUNCE; the last three
// are of probes.
constexpr std::array<Outcome, 7> kOutcomes = {{
    {"bounced", Action::kFailed},
    {"deferred", Action::kDelayed},
    {"sent", Action::kDelivered},
    {"SOFTBOUNCE", Action::kDelayed},
    {"deliverable", Action::kDelivered},
    {"undeliverable", Action::kFailed},
    {"undeliverable-but-not-cached", Action::kFailed},
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

Result<DeliveryLine> DeliveryLine::Parse(std::string_view line) {
  const Error error(ErrorCode::kSyntax, "not a delivery in Postfix's log",
                    line);
  std::string_view rest = Trim(line);
  const auto host = TakeLogPrefix(&rest);
  const auto queue_id = host ? TakeUntil(&rest, ": ") : std::nullopt;
  if (!queue_id || queue_id->size() < 6 ||
      !std::all_of(queue_id->begin(), queue_id->end(), IsAlnum)) {
    return error;
  }
  DeliveryLine delivery;
  delivery.host = *host;
  delivery.queue_id = *queue_id;
  const auto to = TakePrefix(&rest, "to=") ? TakePath(&rest) : std::nullopt;
  if (!to || !TakePrefix(&rest, ", ")) return error;
  delivery.to = *to;
  if (TakePrefix(&rest, "orig_to=")) {
    const auto orig_to = TakePath(&rest);
    if (!orig_to || !TakePrefix(&rest, ", ")) return error;
    delivery.orig_to = *orig_to;
  }
  if (!TakePrefix(&rest, "relay=")) return error;
  const auto relay = TakeUntil(&rest, ", ");
  if (!relay) return error;
  delivery.relay = *relay;
  for (std::string_view name : {"conn_use=", "delay=", "delays=", "tls="}) {
    if (!SkipField(&rest, name)) return error;
  }
  const auto dsn =
      TakePrefix(&rest, "dsn=") ? TakeUntil(&rest, ", ") : std::nullopt;
  if (!dsn || !TakePrefix(&rest, "status=")) return error;
  delivery.dsn = *dsn;
  delivery.status = rest.substr(0, rest.find(' '));
  rest.remove_prefix(delivery.status.size());
  if (FindOutcome(delivery.status) == nullptr) return error;
  TakeChar(&rest, ' ');
  delivery.text = TextOf(rest);
  return delivery;
}

bool IsPostfixLogLine(std::string_view line) {
  return TakeLogPrefix(&line).has_value();
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
