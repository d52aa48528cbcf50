// What to_json.h shows of logs.
#include <boost/json/value.hpp>
#include <string>

#include "daemon/json_value.h"
#include "daemon/to_json.h"

namespace postbounce {
namespace {

namespace json = boost::json;

std::string_view KindName(LogNotice::Kind kind) {
  switch (kind) {
    case LogNotice::Kind::kFailure:
      return "failure";
    case LogNotice::Kind::kDelay:
      return "delay";
    case LogNotice::Kind::kSuccess:
      return "success";
    case LogNotice::Kind::kPostmaster:
      return "postmaster";
  }
  return "";
}

// In Postfix's words.
std::string_view OutcomeName(const LogAttempt& attempt) {
  switch (attempt.action) {
    case Action::kDelivered:
      return attempt.is_probe ? "deliverable" : "sent";
    case Action::kDelayed:
      return "deferred";
    case Action::kFailed:
      if (attempt.is_probe) return "undeliverable";
      return attempt.is_expired ? "expired" : "bounced";
    case Action::kExpanded:
      return "expanded";
    case Action::kRelayed:
    case Action::kOther:
      return "";
  }
  return "";
}

json::object AttemptJson(const LogAttempt& attempt) {
  json::object to;
  to["time"] = FormatTimestamp(attempt.time);
  to["recipient"] = ToUtf8(attempt.recipient);
  to["original_recipient"] = JsonText(attempt.original);
  to["status"] = OutcomeName(attempt);
  to["probe"] = attempt.is_probe;
  to["dsn"] = JsonText(attempt.status);
  to["relay"] = JsonText(attempt.relay);
  to["program"] = JsonText(attempt.program);
  to["delays"] = json::array(attempt.delays.begin(), attempt.delays.end());
  to["text"] = JsonText(attempt.text);
  to["reason"] = ReasonName(attempt.reason);
  to["class"] = ClassName(attempt.reason_class);
  return to;
}

json::value OriginOf(const LogMessage& message) {
  if (message.is_local) return "local";
  if (message.is_remote) return "remote";
  return nullptr;
}

}  // namespace

json::object ToJson(const LogMessage& message) {
  json::object to;
  to["log"] = ToUtf8(message.log);
  to["instance"] = ToUtf8(message.instance);
  to["host"] = JsonText(message.host);
  to["queue_id"] = ToUtf8(message.queue_id);
  to["first_seen"] = FormatTimestamp(message.first_seen);
  to["last_seen"] = FormatTimestamp(message.last_seen);
  to["sender"] = message.sender ? json::value(ToUtf8(*message.sender))
                                : json::value(nullptr);
  to["message_id"] = JsonText(message.message_id);
  to["origin"] = OriginOf(message);
  to["client_name"] = JsonText(message.client_name);
  to["client_address"] = JsonText(message.client_address);
  to["sasl_username"] = JsonText(message.sasl_user);
  to["previous_queue_id"] = JsonText(message.previous_id);
  to["size"] = message.size;
  to["recipients"] = message.recipients;
  to["removed"] = message.is_removed;
  json::array attempts;
  for (const LogAttempt& attempt : message.attempts) {
    attempts.push_back(AttemptJson(attempt));
  }
  to["attempts"] = std::move(attempts);
  json::array notices;
  for (const LogNotice& notice : message.notices) {
    notices.push_back(json::object{{"time", FormatTimestamp(notice.time)},
                                   {"kind", KindName(notice.kind)},
                                   {"queue_id", ToUtf8(notice.queue_id)}});
  }
  to["notices"] = std::move(notices);
  json::array lines;
  std::string_view rest = message.lines;
  while (const auto line = TakeLine(&rest)) lines.push_back(JsonText(*line));
  to["lines"] = std::move(lines);
  return to;
}

json::array ToJson(const std::vector<LogCoverage>& logs) {
  json::array all;
  for (const LogCoverage& log : logs) {
    const LogCounters& counters = log.counters;
    json::object to;
    to["log"] = ToUtf8(log.log);
    to["lines"] = counters.lines;
    to["lines_of_others"] = counters.other;
    to["lines_not_read"] = counters.bad;
    to["last_not_read"] = JsonText(counters.last_bad);
    to["refused"] = counters.refused;
    to["gaps"] = counters.gaps;
    to["last_gap"] = JsonText(counters.last_gap);
    to["last_line"] = JsonTime(counters.last_line == Timestamp()
                                   ? std::nullopt
                                   : std::optional(counters.last_line));
    to["from"] = JsonTime(log.first);
    to["to"] = JsonTime(log.last);
    all.push_back(std::move(to));
  }
  return all;
}

json::object ToJson(const LogImport::Report& report) {
  json::object to;
  to["bytes"] = report.bytes_read;
  to["of_bytes"] = report.bytes_total;
  to["lines"] = report.counters.lines;
  to["lines_of_others"] = report.counters.other;
  to["lines_not_read"] = report.counters.bad;
  to["last_not_read"] = JsonText(report.counters.last_bad);
  to["attempts"] = report.attempts;
  to["failures"] = report.failures;
  to["suppressions"] = report.suppressions;
  json::array examples;
  for (const std::string& one : report.examples) examples.emplace_back(one);
  to["examples"] = std::move(examples);
  json::array errors;
  for (const std::string& one : report.errors) errors.push_back(JsonText(one));
  to["errors"] = std::move(errors);
  to["blocked"] = JsonText(report.blocked);
  to["warning"] = JsonText(report.warning);
  return to;
}

}  // namespace postbounce
