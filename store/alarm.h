#ifndef POSTBOUNCE_STORE_ALARM_H_
#define POSTBOUNCE_STORE_ALARM_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mime/text/timestamp.h"
#include "store/event.h"

namespace postbounce {

// Providers have bad hours in which they say "no such user" of people who are
// well. Such failures are known by their number. An alarm says where and when
// there were too many; what it covers is held until the destination is well
// again, and says the same or something else.

// Where an outage can be, from narrow to wide. Values are stored; do not change
// them.
enum class GuardKind : std::uint8_t {
  kDomain = 0,    // the recipient's
  kNextHop = 1,   // the server's name, such as a relayhost's
  kOperator = 2,  // the registered domain of that name
  kResolver = 3,  // no server was asked: our own DNS, or that of a top level
  kSite = 4,      // everywhere
};
std::string_view GuardKindName(GuardKind kind);  // "next-hop"

struct GuardSubject {
  GuardKind kind = GuardKind::kSite;
  std::string name;  // empty for kResolver and kSite

  bool operator==(const GuardSubject&) const = default;
  std::string ToString() const;  // "domain example.org", "site"
};

// What the guard sees of an event. Names are in their normal form.
struct GuardedOutcome {
  Timestamp time{};
  bool failed = false;  // else delivered
  // The log says that no server was asked: relay=none.
  bool without_server = false;
  std::string_view domain;
  // Empty where it is not known which server it was.
  std::string_view operator_domain;
  std::string_view next_hop;
};
bool Concerns(const GuardSubject& subject, const GuardedOutcome& outcome);

// When there is an alarm, and for how long.
struct GuardPolicy {
  bool is_on = true;
  // So many failures at least make an alarm.
  std::uint32_t failures = 20;
  // They must be so many times more frequent than they used to be.
  std::uint32_t factor = 5;
  // What is looked at together, and how far back an alarm reaches: one hour to
  // a day.
  std::chrono::seconds lookback = std::chrono::hours(2);
  // An alarm lasts no longer, and failures are not believed before.
  std::chrono::seconds hold = std::chrono::days(3);

  bool operator==(const GuardPolicy&) const = default;
};

// Values are stored; do not change them.
enum class AlarmState : std::uint8_t {
  kOpen = 0,       // what it covers is held
  kReleased = 1,   // ... has meant nothing
  kConfirmed = 2,  // ... was true
};
std::string_view AlarmStateName(AlarmState state);  // "released"

struct Alarm {
  AlarmId id{};
  GuardSubject subject;
  Timestamp raised{};  // the time of the failure that was one too many
  // It covers what was from `since` on and before `until`, which comes nearer
  // when the subject is well again, or when a person has resolved the alarm:
  // see EndOf() and KnownEndOf().
  Timestamp since{};
  Timestamp until{};
  AlarmState state = AlarmState::kOpen;
  // Whose servers the mail went to that raised it; empty where none was asked.
  std::string operator_domain;
  // The person who has resolved it, and why. Empty: nobody has.
  std::string actor;
  std::string why;
  // The state that the program of guard.alert has been told of.
  std::optional<AlarmState> told;

  bool operator==(const Alarm&) const = default;
};
// Open, without an id.
Alarm MakeAlarm(GuardSubject subject, Timestamp raised,
                const GuardPolicy& policy);

// A person says whether the failures that an alarm covers were true.
struct ResolveAlarm {
  AlarmId alarm{};
  AlarmState state = AlarmState::kReleased;
  std::string actor;
  std::string why;
};

// The program of guard.alert has been told of this state.
struct MarkTold {
  AlarmId alarm{};
  AlarmState state = AlarmState::kOpen;
};

// Whatever its state.
bool Covers(const Alarm& alarm, const GuardedOutcome& outcome);

// What alarms make of a failure. The first that covers it speaks: a later one
// reaches back over what was decided.
enum class Doubt {
  kNone,  // it counts: none covers it, or it was confirmed
  kHeld,  // it waits: the alarm is open
  kVoid,  // it has meant nothing: the alarm was released
};
Doubt DoubtOf(std::span<const Alarm> alarms, const GuardedOutcome& failure);

// What has become of the addresses that an alarm holds. Those count that are
// not suppressed for another failure as well.
struct AlarmFacts {
  std::uint64_t held = 0;
  // Of these: a server has taken mail for them since the failure.
  std::uint64_t accepted = 0;
  // Of these: not accepted since, and failed again after `until`.
  std::uint64_t failed_again = 0;
};

// What the alarm is at `now`. Pure. A person's decision stays, and none is made
// before `until`. An alarm is
// - released when some of its addresses have been accepted, and not only by
//   chance: the dead ones among them will fail again;
// - else confirmed when `hold` is over and half of them have failed again, or
//   it holds nobody.
// One that nothing is heard of stays open: nobody writes to those addresses.
AlarmState Resolve(const Alarm& alarm, const AlarmFacts& facts,
                   const GuardPolicy& policy, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_ALARM_H_
