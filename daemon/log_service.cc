#include "daemon/log_service.h"

#include <array>
#include <boost/json/array.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "daemon/request.h"
#include "daemon/to_json.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kMaxMessages = 200;  // of one answer
constexpr std::uint64_t kUsualNames = 100;
constexpr std::uint64_t kMaxNames = 1000;
constexpr std::chrono::days kWholeYear{366};

// Each of these is a text of the request.
struct TextMember {
  std::string_view key;
  std::string LogQuery::*member;
};
constexpr TextMember kTexts[] = {
    {"recipient", &LogQuery::recipient}, {"sender", &LogQuery::sender},
    {"queue_id", &LogQuery::queue_id},   {"message_id", &LogQuery::message_id},
    {"domain", &LogQuery::domain},       {"dsn", &LogQuery::status},
    {"cursor", &LogQuery::cursor}};

Result<std::optional<Action>> ActionOf(const std::string& status) {
  if (status.empty()) return std::optional<Action>();
  if (status == "sent") return std::optional(Action::kDelivered);
  if (status == "deferred") return std::optional(Action::kDelayed);
  if (status == "bounced") return std::optional(Action::kFailed);
  return BadRequest("status is sent, deferred or bounced", status);
}

Error EndsBeforeItBegins() {
  return BadRequest("\"until\" is before \"since\"");
}

Result<LogQuery> LogQueryOf(const json::object& request, Timestamp now) {
  LogQuery query;
  for (const auto& [key, member] : kTexts) {
    auto text = TextOf(request, key);
    if (!text) return text.error();
    query.*member = *std::move(text);
  }
  const auto since = TimeOf(request, "since", now);
  if (!since) return since.error();
  const auto until = TimeOf(request, "until", now);
  if (!until) return until.error();
  const auto status = TextOf(request, "status");
  if (!status) return status.error();
  const auto action = ActionOf(*status);
  if (!action) return action.error();
  const auto reason = TextOf(request, "reason");
  if (!reason) return reason.error();
  if (!reason->empty() && !(query.reason = ParseReason(*reason))) {
    return BadRequest("there is no reason of that name", *reason);
  }
  const auto lines = FlagOf(request, "lines");
  if (!lines) return lines.error();
  const auto limit = NumberOf(request, "limit", kMaxMessages, kMaxMessages);
  if (!limit) return limit.error();
  if (*since && *until && **until < **since) return EndsBeforeItBegins();
  query.since = *since;
  query.until = *until;
  query.action = *action;
  query.with_lines = *lines;
  query.limit = *limit;
  return query;
}

json::object CountsJson(const LogCounts& counts) {
  return {{"sent", counts.sent},
          {"deferred", counts.deferred},
          {"bounced", counts.bounced}};
}

json::object DelaysJson(const DelayHistogram& delays) {
  constexpr std::array<std::string_view, DelayHistogram::kDelays> kNames = {
      "total", "before_queue", "in_queue", "connecting", "sending"};
  json::object to;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    to[kNames[i]] = json::object{{"p50", delays.Quantile(i, 0.5)},
                                 {"p90", delays.Quantile(i, 0.9)},
                                 {"p99", delays.Quantile(i, 0.99)}};
  }
  return to;
}

// The begin of the hour, day or week (Monday) of an hour's begin.
Timestamp StepOf(std::string_view by, std::int64_t hour) {
  const Timestamp time{std::chrono::milliseconds(hour)};
  if (by == "hour") return time;
  const auto day = std::chrono::floor<std::chrono::days>(time);
  if (by == "day") return day;
  const std::chrono::weekday weekday(day);
  return day - (weekday - std::chrono::Monday);
}

json::array StepsJson(std::string_view by, const std::vector<TotalRow>& hours) {
  json::array rows;
  std::optional<Timestamp> step;
  LogCounts sum;
  const auto finish = [&] {
    if (!step) return;
    json::object row = CountsJson(sum);
    row["time"] = FormatTimestamp(*step);
    rows.push_back(std::move(row));
  };
  for (const TotalRow& hour : hours) {
    const Timestamp next = StepOf(by, hour.time);
    if (step != next) {
      finish();
      step = next;
      sum = LogCounts();
    }
    sum += hour.counts;
  }
  finish();
  return rows;
}

json::array NamesJson(const std::vector<TotalRow>& names, std::size_t limit) {
  json::array rows;
  for (const TotalRow& name : names) {
    if (rows.size() == limit) break;
    json::object row = CountsJson(name.counts);
    row["name"] = ToUtf8(name.name);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Result<json::object> AnswerEvents(const json::object& request, Reader* reader,
                                  Timestamp now) {
  const auto query = LogQueryOf(request, now);
  if (!query) return query.error();
  const auto page = reader->Messages(*query);
  if (!page) return page.error();
  json::array entries;
  for (std::size_t i = 0; i < page->messages.size(); ++i) {
    json::object entry = ToJson(page->messages[i]);
    entry["attempts_left_out"] = page->left_out[i];
    entries.push_back(std::move(entry));
  }
  json::object answer;
  answer["entries"] = std::move(entries);
  answer["cursor"] = page->cursor;
  return answer;
}

Result<json::object> AnswerMailStats(const json::object& request,
                                     Reader* reader, Timestamp now) {
  const auto by = TextOf(request, "by");
  if (!by) return by.error();
  const bool is_time = *by == "hour" || *by == "day" || *by == "week";
  const auto dimension = is_time ? LogDimension::kAll : ParseLogDimension(*by);
  if (!dimension || (!is_time && *dimension == LogDimension::kAll)) {
    return BadRequest(
        "by is hour, day, week, domain, sender-domain, relay, dsn or reason",
        *by);
  }
  const auto since = TimeOf(request, "since", now);
  if (!since) return since.error();
  const auto until = TimeOf(request, "until", now);
  if (!until) return until.error();
  const auto limit = NumberOf(request, "limit", kUsualNames, kMaxNames);
  if (!limit) return limit.error();
  LogStatsQuery query;
  query.from = since->value_or(now - kWholeYear);
  query.to = until->value_or(now + std::chrono::hours(1));
  query.dimension = *dimension;
  if (query.to < query.from) return EndsBeforeItBegins();
  const auto stats = reader->MailStats(query);
  if (!stats) return stats.error();
  json::object answer;
  answer["by"] = *by;
  answer["rows"] =
      is_time ? StepsJson(*by, stats->rows) : NamesJson(stats->rows, *limit);
  answer["names"] = is_time ? 0 : stats->rows.size();
  answer["sum"] = CountsJson(stats->sum);
  if (is_time) answer["delays"] = DelaysJson(stats->delays);
  return answer;
}

}  // namespace postbounce
