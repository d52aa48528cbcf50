#include "daemon/request.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <chrono>

#include "mime/text/text.h"

namespace postbounce {

namespace json = boost::json;

namespace {

std::optional<Timestamp> TakeAgo(std::string_view text, Timestamp now) {
  const auto number = TakeNumber(&text);
  if (!number || text.size() != 1) return std::nullopt;
  switch (text.front()) {
    case 's':
      return now - std::chrono::seconds(*number);
    case 'm':
      return now - std::chrono::minutes(*number);
    case 'h':
      return now - std::chrono::hours(*number);
    case 'd':
      return now - std::chrono::days(*number);
    default:
      return std::nullopt;
  }
}

// Takes `separator` and two digits off the front.
std::optional<int> TakePair(std::string_view* text, char separator) {
  if (!TakeChar(text, separator)) return std::nullopt;
  return TakeNumber(text, 2);
}

std::optional<Timestamp> TakeDate(std::string_view text) {
  using std::chrono::day, std::chrono::month, std::chrono::year;
  const auto y = TakeNumber(&text, 4);
  const auto m = TakePair(&text, '-');
  const auto d = TakePair(&text, '-');
  if (!y || !m || !d) return std::nullopt;
  const std::chrono::year_month_day date(year{*y},
                                         month{static_cast<unsigned>(*m)},
                                         day{static_cast<unsigned>(*d)});
  if (!date.ok()) return std::nullopt;
  const Timestamp midnight{std::chrono::sys_days(date)};
  if (text.empty()) return midnight;
  const auto hour = TakePair(&text, text.front() == ' ' ? ' ' : 'T');
  const auto minute = TakePair(&text, ':');
  const auto second = text.starts_with(':') ? TakePair(&text, ':') : 0;
  TakeChar(&text, 'Z');
  const bool is_time = hour && *hour < 24 && minute && *minute < 60 && second &&
                       *second < 60 && text.empty();
  if (!is_time) return std::nullopt;
  return midnight + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

}  // namespace

Error BadRequest(const char* what, std::string_view bytes) {
  return {ErrorCode::kSyntax, what, bytes};
}

Result<void> OnlyMembers(const json::object& request,
                         std::initializer_list<std::string_view> known) {
  for (const auto& member : request) {
    const std::string_view name = member.key();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return BadRequest("there is no such member here", name);
    }
  }
  return {};
}

Result<std::string> TextOf(const json::object& request, std::string_view key) {
  const json::value* value = request.if_contains(key);
  if (value == nullptr) return std::string();
  if (!value->is_string()) return BadRequest("a text is wanted", key);
  return std::string(value->get_string());
}

Result<std::uint64_t> NumberOf(const json::object& request,
                               std::string_view key, std::uint64_t otherwise,
                               std::uint64_t max) {
  const json::value* value = request.if_contains(key);
  if (value == nullptr) return otherwise;
  // A parser makes an int64 of what fits one; a request made in this process
  // may hold either.
  json::error_code error;
  const auto number = value->to_number<std::uint64_t>(error);
  if (error || value->is_double() || number > max) {
    return BadRequest("a number in range is wanted", key);
  }
  return number;
}

Result<bool> FlagOf(const json::object& request, std::string_view key) {
  const json::value* value = request.if_contains(key);
  if (value == nullptr) return false;
  if (!value->is_bool()) return BadRequest("true or false is wanted", key);
  return value->get_bool();
}

Result<Timestamp> ParseTime(std::string_view text, Timestamp now) {
  if (const auto ago = TakeAgo(text, now)) return *ago;
  if (const auto date = TakeDate(text)) return *date;
  return BadRequest(
      "a time is wanted, such as 2026-11-21, 2026-11-21T08:30Z, 12h or 7d",
      text);
}

Result<std::optional<Timestamp>> TimeOf(const json::object& request,
                                        std::string_view key, Timestamp now) {
  const auto text = TextOf(request, key);
  if (!text) return text.error();
  if (text->empty()) return std::optional<Timestamp>();
  const auto time = ParseTime(*text, now);
  if (!time) return time.error();
  return std::optional<Timestamp>(*time);
}

}  // namespace postbounce
