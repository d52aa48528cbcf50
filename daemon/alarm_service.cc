#include "daemon/alarm_service.h"

#include <boost/json/array.hpp>
#include <limits>
#include <string>
#include <utility>

#include "daemon/request.h"
#include "daemon/to_json.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxText = 1000;  // bytes of what people write
constexpr std::uint64_t kMaxAlarms = 1000;

}  // namespace

Result<json::object> AnswerHeld(const json::object& request, Reader* reader) {
  const auto limit = NumberOf(request, "limit", 100, kMaxAlarms);
  if (!limit) return limit.error();
  const auto alarms = reader->Alarms();
  if (!alarms) return alarms.error();
  const auto totals = reader->Count();
  if (!totals) return totals.error();
  json::array shown;
  for (const Alarm& alarm : *alarms) {
    if (shown.size() >= *limit) break;
    shown.push_back(ToJson(alarm));
  }
  json::object answer;
  answer["alarms"] = std::move(shown);
  answer["alarm_count"] = alarms->size();
  answer["held"] = totals->held;
  return answer;
}

Result<Write> ResolveAlarmOf(const json::object& request) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  const auto alarm = NumberOf(request, "alarm", 0, kMax);
  if (!alarm) return alarm.error();
  const auto state = TextOf(request, "state");
  if (!state) return state.error();
  const auto actor = TextOf(request, "actor");
  if (!actor) return actor.error();
  const auto why = TextOf(request, "why");
  if (!why) return why.error();
  if (actor->size() > kMaxText || why->size() > kMaxText) {
    return BadRequest("too long a text");
  }
  ResolveAlarm order;
  order.alarm = AlarmId{static_cast<std::int64_t>(*alarm)};
  order.actor = actor->empty() ? "operator" : *actor;
  order.why = *why;
  for (const AlarmState one :
       {AlarmState::kOpen, AlarmState::kReleased, AlarmState::kConfirmed}) {
    if (*state != AlarmStateName(one)) continue;
    order.state = one;
    return Write(std::move(order));
  }
  return BadRequest("a state is open, released or confirmed", *state);
}

}  // namespace postbounce
