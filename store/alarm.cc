#include "store/alarm.h"

#include <algorithm>
#include <array>
#include <utility>

namespace postbounce {
namespace {

constexpr std::array<std::string_view, 5> kKindNames = {
    "domain", "next-hop", "operator", "resolver", "site"};
constexpr std::array<std::string_view, 3> kStateNames = {"open", "released",
                                                         "confirmed"};

// Dead addresses hardly ever come to life, so one accepted of ten that were
// heard of says that the failures were not true.
constexpr std::uint64_t kHeardForOneAccepted = 10;
// But a few do: of many held addresses a fiftieth must have been accepted.
constexpr std::uint64_t kHeldForOneAccepted = 50;
constexpr std::uint64_t kAcceptedAtLeast = 3;

bool AreAlive(const AlarmFacts& facts) {
  const std::uint64_t wanted =
      std::max(std::min(kAcceptedAtLeast, facts.held),
               (facts.held + kHeldForOneAccepted - 1) / kHeldForOneAccepted);
  return facts.accepted > 0 && facts.accepted >= wanted &&
         facts.accepted * kHeardForOneAccepted >=
             facts.accepted + facts.failed_again;
}

}  // namespace

std::string_view GuardKindName(GuardKind kind) {
  return kKindNames[static_cast<std::size_t>(kind)];
}

std::string_view AlarmStateName(AlarmState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

std::string GuardSubject::ToString() const {
  std::string text(GuardKindName(kind));
  if (!name.empty()) text.append(" ").append(name);
  return text;
}

bool Concerns(const GuardSubject& subject, const GuardedOutcome& outcome) {
  switch (subject.kind) {
    case GuardKind::kDomain:
      return subject.name == outcome.domain;
    case GuardKind::kNextHop:
      return subject.name == outcome.next_hop;
    case GuardKind::kOperator:
      return subject.name == outcome.operator_domain;
    case GuardKind::kResolver:
      return outcome.without_server;
    case GuardKind::kSite:
      return true;
  }
  return false;
}

Alarm MakeAlarm(GuardSubject subject, Timestamp raised,
                const GuardPolicy& policy) {
  Alarm alarm;
  alarm.subject = std::move(subject);
  alarm.raised = raised;
  alarm.since = raised - policy.lookback;
  alarm.until = raised + policy.hold;
  return alarm;
}

bool Covers(const Alarm& alarm, const GuardedOutcome& outcome) {
  return alarm.since <= outcome.time && outcome.time < alarm.until &&
         Concerns(alarm.subject, outcome);
}

Doubt DoubtOf(std::span<const Alarm> alarms, const GuardedOutcome& failure) {
  const Alarm* first = nullptr;
  for (const Alarm& alarm : alarms) {
    const bool is_earlier = first == nullptr || alarm.id < first->id;
    if (is_earlier && Covers(alarm, failure)) first = &alarm;
  }
  if (first == nullptr) return Doubt::kNone;
  switch (first->state) {
    case AlarmState::kOpen:
      return Doubt::kHeld;
    case AlarmState::kReleased:
      return Doubt::kVoid;
    case AlarmState::kConfirmed:
      return Doubt::kNone;
  }
  return Doubt::kNone;
}

AlarmState Resolve(const Alarm& alarm, const AlarmFacts& facts,
                   const GuardPolicy& policy, Timestamp now) {
  if (alarm.state != AlarmState::kOpen || now < alarm.until) return alarm.state;
  if (AreAlive(facts)) return AlarmState::kReleased;
  const bool is_past_hold = now >= alarm.raised + policy.hold;
  const bool are_dead = facts.failed_again * 2 >= facts.held;
  return is_past_hold && are_dead ? AlarmState::kConfirmed : AlarmState::kOpen;
}

}  // namespace postbounce
