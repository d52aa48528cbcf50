#include "store/guard.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/store/guard_samples.h"
#include "tests/store/samples.h"

namespace postbounce {
namespace {

using std::chrono::minutes;

// What failed and was delivered in each hour from the first on, after a usual
// time.
GuardCounts CountsSince(const std::vector<std::pair<int, int>>& hours) {
  GuardCounts counts;
  CountHour(&counts, -50, "a.test", 10, 1000);
  int hour = 0;
  for (const auto& [failed, delivered] : hours) {
    CountHour(&counts, hour++, "a.test", failed, delivered);
  }
  return counts;
}

std::string RisingIn(const GuardCounts& counts, int hour,
                     std::string_view domain,
                     std::span<const Alarm> alarms = {}) {
  const auto alarm = Rising(counts, At(Hour(hour), domain, true), alarms, {});
  return alarm ? alarm->subject.ToString() : "";
}

TEST(GuardTest, AlarmsWhereFailuresAreFarAboveTheUsual) {
  struct Case {
    std::string_view why;
    int usual_failed, usual_delivered;
    int before_failed, before_delivered;  // the hour before
    int failed, delivered;
    bool want;
  };
  for (const Case& row : {
           Case{"an outage", 10, 1000, 0, 0, 20, 10, true},
           Case{"one too few", 10, 1000, 0, 0, 19, 30, false},
           Case{"those of the hour before count", 10, 1000, 9, 20, 11, 20,
                true},
           Case{"usual share, though many", 20, 1000, 0, 0, 200, 10000, false},
           Case{"five times", 20, 1000, 0, 0, 120, 880, true},
           Case{"five times, by chance", 20, 1000, 0, 0, 110, 890, false},
           Case{"far above, but rare", 0, 9000, 0, 0, 30, 700, false},
           Case{"far above what hardly ever fails", 0, 9000, 0, 0, 60, 700,
                true},
           Case{"a list of which many are dead", 300, 700, 0, 0, 60, 140,
                false},
           Case{"all where many are dead", 300, 700, 0, 0, 60, 0, true},
           Case{"a new domain", 0, 0, 0, 0, 20, 80, true},
           Case{"a new domain with some dead", 0, 0, 0, 0, 20, 120, false},
       }) {
    SCOPED_TRACE(row.why);
    GuardCounts counts;
    CountHour(&counts, -100, "a.test", row.usual_failed, row.usual_delivered);
    CountHour(&counts, -1, "a.test", row.before_failed, row.before_delivered);
    CountHour(&counts, 0, "a.test", row.failed, row.delivered);
    CountHour(&counts, 0, "elsewhere.test", 0, 1);
    EXPECT_EQ(RisingIn(counts, 0, "a.test"), row.want ? "domain a.test" : "");
  }
}

TEST(GuardTest, LooksAtTheLookbackAndFiveWeeksBefore) {
  GuardCounts counts;
  CountHour(&counts, -2, "a.test", 20, 0);  // before the two hours
  CountHour(&counts, 0, "a.test", 19, 1);
  EXPECT_EQ(RisingIn(counts, 0, "a.test"), "");
  CountHour(&counts, -842, "a.test", 10000, 1);  // before the weeks
  CountHour(&counts, 0, "a.test", 1, 0);
  CountHour(&counts, -841, "a.test", 0, 1000);
  EXPECT_EQ(RisingIn(counts, 0, "a.test"), "domain a.test");
  CountHour(&counts, -841, "a.test", 3000, 0);
  EXPECT_EQ(RisingIn(counts, 0, "a.test"), "");
}

TEST(GuardTest, TheOrderOfCountingDoesNotMatter) {
  GuardCounts forward;
  GuardCounts backward;
  for (int hour = -500; hour <= 0; ++hour) {
    CountHour(&forward, hour, "a.test", hour == 0 ? 30 : 1, 20);
    CountHour(&backward, -500 - hour, "a.test", hour == -500 ? 30 : 1, 20);
  }
  EXPECT_EQ(RisingIn(forward, 0, "a.test"), "domain a.test");
  EXPECT_EQ(RisingIn(backward, 0, "a.test"), "domain a.test");
  for (int hour = -100; hour < 0; ++hour) {
    EXPECT_EQ(RisingIn(backward, hour, "a.test"), "");
  }
}

TEST(GuardTest, AlarmsForTheWidestSubjectThatIsBadAllOver) {
  struct Case {
    std::string_view why;
    int bad_domains;
    bool same_operator, same_next_hop, without_server;
    std::string_view want;
  };
  for (const Case& row : {
           Case{"one domain", 1, true, true, false, "domain d0.test"},
           Case{"an operator", 40, true, false, false, "operator host.test"},
           Case{"a relayhost", 40, false, true, false, "next-hop mx.test"},
           Case{"both", 40, true, true, false, "operator host.test"},
           Case{"the resolver", 40, false, false, true, "resolver"},
           Case{"everything", 40, false, false, false, "site"},
       }) {
    SCOPED_TRACE(row.why);
    GuardCounts counts;
    std::vector<Alarm> alarms;
    std::string first;
    for (int i = 0; i < 4000 && first.empty(); ++i) {
      const int number = i % 40;
      const std::string domain = Domain(number);
      const std::string server = row.same_operator ? "host.test" : "o" + domain;
      GuardedOutcome outcome = At(Hour(0), domain, number < row.bad_domains);
      if (outcome.failed && row.without_server) {
        outcome.without_server = true;
      } else if (row.same_operator || !row.same_next_hop) {
        outcome.operator_domain = server;
      }
      if (row.same_next_hop) outcome.next_hop = "mx.test";
      counts.Count(outcome);
      if (!outcome.failed) continue;
      const auto alarm = Rising(counts, outcome, alarms, {});
      if (alarm) first = alarm->subject.ToString();
    }
    EXPECT_EQ(first, row.want);
  }
}

TEST(GuardTest, WithoutDeliveriesTheWorstHoursAreTheMeasure) {
  GuardCounts counts;
  CountHour(&counts, 0, "a.test", 99, 0);
  EXPECT_EQ(RisingIn(counts, 0, "a.test"), "");
  CountHour(&counts, 0, "a.test", 1, 0);
  EXPECT_EQ(RisingIn(counts, 0, "a.test"), "domain a.test");
  // A mailing some days ago.
  CountHour(&counts, -100, "a.test", 20, 0);
  CountHour(&counts, -99, "a.test", 20, 0);
  CountHour(&counts, -90, "a.test", 20, 0);
  EXPECT_EQ(RisingIn(counts, 0, "a.test"), "");
  CountHour(&counts, 0, "a.test", 100, 0);
  EXPECT_EQ(RisingIn(counts, 0, "a.test"), "domain a.test");
}

TEST(GuardTest, WhatIsCoveredRaisesNoSecondAlarm) {
  GuardCounts counts;
  CountHour(&counts, 0, "a.test", 50, 0);
  CountHour(&counts, 0, "b.test", 0, 1000);
  for (const AlarmState state :
       {AlarmState::kOpen, AlarmState::kReleased, AlarmState::kConfirmed}) {
    SCOPED_TRACE(AlarmStateName(state));
    Alarm alarm = MakeAlarm({GuardKind::kDomain, "a.test"}, Hour(0), {});
    alarm.state = state;
    EXPECT_EQ(RisingIn(counts, 0, "a.test", {{alarm}}), "");
    alarm.subject.name = "b.test";
    EXPECT_EQ(RisingIn(counts, 0, "a.test", {{alarm}}), "domain a.test");
  }
}

TEST(GuardTest, AResolvedAlarmKeepsNoOtherFromBeingRaised) {
  GuardCounts counts;
  CountHour(&counts, -200, "a.test", 10, 1000);
  CountHour(&counts, 0, "a.test", 50, 100);
  CountHour(&counts, 9, "a.test", 50, 100);
  for (const AlarmState state :
       {AlarmState::kReleased, AlarmState::kConfirmed}) {
    Alarm alarm = MakeAlarm({GuardKind::kSite, ""}, Hour(0), {});
    alarm.state = state;
    for (const Timestamp until : {Hour(1), Hour(9) + minutes(30)}) {
      alarm.until = until;
      EXPECT_EQ(RisingIn(counts, 0, "a.test", {{alarm}}), "");
      EXPECT_EQ(RisingIn(counts, 9, "a.test", {{alarm}}), "domain a.test");
    }
  }
}

TEST(GuardTest, APersonSpeaksOfTheFailuresThatAreKnown) {
  struct Case {
    std::string_view why;
    std::vector<std::pair<int, int>> hours;  // failed, delivered
    int now;
    int want;
  };
  for (const Case& row : {
           Case{"nothing after it", {{50, 0}}, 30, 1},
           Case{"it goes on", {{50, 0}, {0, 0}, {30, 0}}, 30, 3},
           Case{"what comes later is not known", {{50, 0}, {30, 0}}, 0, 1},
           Case{"well, but for some", {{50, 0}, {0, 50}, {1, 50}}, 30, 2},
       }) {
    SCOPED_TRACE(row.why);
    const GuardCounts counts = CountsSince(row.hours);
    const Alarm alarm = MakeAlarm({GuardKind::kDomain, "a.test"}, Hour(0), {});
    EXPECT_EQ(KnownEndOf(counts, alarm, {}, {}, Hour(row.now)), Hour(row.want));
  }
}

TEST(GuardTest, AnOutageIsNotUsualUnlessItWasConfirmedOrStaysOpen) {
  struct Case {
    AlarmState state;
    int raised;
    bool is_usual;
  };
  for (const Case& row : {
           Case{AlarmState::kOpen, -71, false},
           Case{AlarmState::kOpen, -72, true},
           Case{AlarmState::kReleased, -71, false},
           Case{AlarmState::kReleased, -500, false},
           Case{AlarmState::kConfirmed, -71, true},
       }) {
    SCOPED_TRACE(AlarmStateName(row.state));
    SCOPED_TRACE(row.raised);
    GuardCounts counts;
    CountHour(&counts, row.raised - 100, "a.test", 0, 1000);
    CountHour(&counts, row.raised - 1, "a.test", 900, 0);
    CountHour(&counts, 0, "a.test", 30, 30);
    Alarm alarm =
        MakeAlarm({GuardKind::kDomain, "a.test"}, Hour(row.raised), {});
    alarm.until = Hour(row.raised + 8);
    alarm.state = row.state;
    for (const GuardKind kind : {GuardKind::kDomain, GuardKind::kSite}) {
      alarm.subject.kind = kind;
      EXPECT_EQ(RisingIn(counts, 0, "a.test", {{alarm}}),
                row.is_usual ? "" : "domain a.test");
    }
    alarm.subject = {GuardKind::kDomain, "b.test"};
    EXPECT_EQ(RisingIn(counts, 0, "a.test", {{alarm}}), "");
  }
}

TEST(GuardTest, CanBeSwitchedOff) {
  GuardCounts counts;
  CountHour(&counts, 0, "a.test", 500, 0);
  GuardPolicy policy;
  policy.is_on = false;
  EXPECT_FALSE(Rising(counts, At(Hour(0), "a.test", true), {}, policy));
}

TEST(GuardTest, AnAlarmEndsWithTheFirstCalmHour) {
  struct Case {
    std::string_view why;
    std::vector<std::pair<int, int>> hours;  // failed, delivered
    int want;                                // 72: not before hold is over
  };
  for (const Case& row : {
           Case{"well at once", {{50, 10}, {1, 50}}, 2},
           Case{"well before it was over", {{1, 99}, {1, 99}}, 2},
           Case{"three bad hours", {{50, 10}, {50, 9}, {30, 60}, {1, 50}}, 4},
           Case{"silence", {{50, 10}, {0, 0}, {0, 0}, {0, 0}}, 72},
           Case{"little, but enough in the end",
                {{50, 10}, {0, 0}, {0, 9}, {0, 0}, {0, 10}, {0, 1}},
                6},
           Case{"little is not enough between bad hours",
                {{50, 10}, {0, 19}, {9, 3}, {0, 19}, {9, 3}},
                72},
           Case{"never well", {{50, 10}, {50, 10}, {50, 10}}, 72},
       }) {
    SCOPED_TRACE(row.why);
    const GuardCounts counts = CountsSince(row.hours);
    const Alarm alarm = MakeAlarm({GuardKind::kDomain, "a.test"}, Hour(0), {});
    EXPECT_EQ(EndOf(counts, alarm, {}, {}, Hour(100)), Hour(row.want));
    EXPECT_EQ(EndOf(counts, alarm, {}, {}, Hour(row.want) - minutes(1)),
              Hour(72));
  }
}

TEST(GuardTest, AnHourIsCalmIfLessFailsThanIsTooMuch) {
  struct Case {
    int usual_failed, failed;
    bool want;
  };
  for (const Case& row : {Case{0, 4, true}, Case{0, 6, false},
                          Case{200, 8, true}, Case{200, 11, false}}) {
    SCOPED_TRACE(row.failed);
    GuardCounts counts;
    CountHour(&counts, -50, "a.test", row.usual_failed, 9000);
    CountHour(&counts, 1, "a.test", row.failed, 100 - row.failed);
    const Alarm alarm = MakeAlarm({GuardKind::kDomain, "a.test"}, Hour(0), {});
    EXPECT_EQ(EndOf(counts, alarm, {}, {}, Hour(99)), Hour(row.want ? 2 : 72));
  }
}

TEST(GuardTest, TheHoursOfOtherAlarmsDoNotMakeAnAlarmEnd) {
  GuardCounts counts;
  CountHour(&counts, -200, "a.test", 0, 1000);
  CountHour(&counts, -50, "a.test", 900, 0);
  for (int hour = 0; hour < 5; ++hour) {
    CountHour(&counts, hour, "a.test", 20, 40);
  }
  const Alarm alarm = MakeAlarm({GuardKind::kDomain, "a.test"}, Hour(0), {});
  Alarm other = MakeAlarm({GuardKind::kDomain, "a.test"}, Hour(-50), {});
  other.state = AlarmState::kReleased;
  other.until = Hour(-40);
  EXPECT_EQ(EndOf(counts, alarm, {{alarm, other}}, {}, Hour(99)), Hour(72));
  other.subject = {GuardKind::kSite, ""};
  EXPECT_EQ(EndOf(counts, alarm, {{alarm, other}}, {}, Hour(99)), Hour(72));
  other.subject = {GuardKind::kDomain, "b.test"};
  EXPECT_EQ(EndOf(counts, alarm, {{alarm, other}}, {}, Hour(99)), Hour(2));
}

TEST(GuardTest, OneBadDomainDoesNotKeepAWideAlarm) {
  GuardCounts counts;
  CountHour(&counts, -50, "a.test", 10, 1000);
  CountHour(&counts, 1, "a.test", 50, 0);
  CountHour(&counts, 1, "c.test", 0, 50);
  const Alarm alarm = MakeAlarm({GuardKind::kSite, ""}, Hour(0), {});
  EXPECT_EQ(EndOf(counts, alarm, {}, {}, Hour(99)), Hour(2));
}

TEST(GuardTest, WithoutDeliveriesAnAlarmEndsWithTheFailures) {
  GuardCounts counts;
  CountHour(&counts, 0, "a.test", 500, 0);
  CountHour(&counts, 1, "a.test", 20, 0);
  CountHour(&counts, 2, "a.test", 19, 0);
  const Alarm alarm = MakeAlarm({GuardKind::kDomain, "a.test"}, Hour(0), {});
  EXPECT_EQ(EndOf(counts, alarm, {}, {}, Hour(100)), Hour(3));
}

}  // namespace
}  // namespace postbounce
