#include "daemon/alarm_service.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "daemon/json_value.h"
#include "daemon/request.h"
#include "daemon/to_json.h"
#include "store/guarded_event.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxText = 1000;  // bytes of what people write
constexpr std::uint64_t kMaxAlarms = 1000;
constexpr std::uint64_t kMaxAlarm = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMaxAddresses = 1000;

// What `one` holds, and how much each of the others does.
struct Holdings {
  std::map<AlarmId, std::uint64_t> counts;
  json::array addresses;  // of `one`
};

Result<Holdings> HoldingsOf(std::span<const Alarm> alarms, AlarmId one,
                            Reader* reader) {
  Holdings holdings;
  const auto read =
      reader->EachHeld([&](const std::string& address, const Event& event) {
        const Alarm* const holder = HolderOf(alarms, address, event);
        if (holder == nullptr) return;
        ++holdings.counts[holder->id];
        if (holder->id == one && holdings.addresses.size() < kMaxAddresses) {
          holdings.addresses.push_back(JsonText(address));
        }
      });
  if (!read) return read.error();
  return holdings;
}

}  // namespace

Result<json::object> AnswerHeld(const json::object& request, Reader* reader) {
  const auto limit = NumberOf(request, "limit", 100, kMaxAlarms);
  if (!limit) return limit.error();
  const auto wanted = NumberOf(request, "alarm", 0, kMaxAlarm);
  if (!wanted) return wanted.error();
  const AlarmId one{static_cast<std::int64_t>(*wanted)};
  auto alarms = reader->Alarms();
  if (!alarms) return alarms.error();
  std::stable_partition(alarms->begin(), alarms->end(), [](const Alarm& alarm) {
    return alarm.state == AlarmState::kOpen;
  });
  const auto totals = reader->Count();
  if (!totals) return totals.error();
  auto holdings = HoldingsOf(*alarms, one, reader);
  if (!holdings) return holdings.error();
  json::array shown;
  for (const Alarm& alarm : *alarms) {
    if (shown.size() >= *limit) break;
    if (*wanted != 0 && alarm.id != one) continue;
    json::object to = ToJson(alarm);
    to["held"] = holdings->counts[alarm.id];
    shown.push_back(std::move(to));
  }
  if (*wanted != 0 && shown.empty()) {
    return Error(ErrorCode::kNotFound, "there is no such alarm");
  }
  json::object answer;
  answer["alarms"] = std::move(shown);
  answer["alarm_count"] = alarms->size();
  answer["held"] = totals->held;
  if (*wanted != 0) answer["addresses"] = std::move(holdings->addresses);
  return answer;
}

Result<Write> ResolveAlarmOf(const json::object& request) {
  const auto alarm = NumberOf(request, "alarm", 0, kMaxAlarm);
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
