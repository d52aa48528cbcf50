#include "store/alarm.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/store/samples.h"

namespace postbounce {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;

GuardedOutcome FailureAt(Timestamp time) {
  GuardedOutcome outcome;
  outcome.time = time;
  outcome.failed = true;
  outcome.domain = "example.org";
  outcome.operator_domain = "host.test";
  outcome.next_hop = "mx1.host.test";
  return outcome;
}

TEST(AlarmTest, CoversItsSubjectFromTheLookbackOnUntilItEnds) {
  const Alarm alarm =
      MakeAlarm({GuardKind::kDomain, "example.org"}, Hour(5), GuardPolicy());
  EXPECT_EQ(alarm.since, Hour(3));
  EXPECT_EQ(alarm.until, Hour(5) + days(3));
  EXPECT_TRUE(Covers(alarm, FailureAt(Hour(3))));
  EXPECT_TRUE(Covers(alarm, FailureAt(alarm.until - milliseconds(1))));
  EXPECT_FALSE(Covers(alarm, FailureAt(Hour(3) - milliseconds(1))));
  EXPECT_FALSE(Covers(alarm, FailureAt(alarm.until)));
}

TEST(AlarmTest, ConcernsWhatItsSubjectNames) {
  GuardedOutcome unasked = FailureAt(Hour(1));
  unasked.without_server = true;
  unasked.operator_domain = {};
  unasked.next_hop = {};
  struct Case {
    GuardSubject subject;
    bool asked, unasked;
  };
  for (const Case& row : {
           Case{{GuardKind::kDomain, "example.org"}, true, true},
           Case{{GuardKind::kDomain, "example.net"}, false, false},
           Case{{GuardKind::kDomain, "host.test"}, false, false},
           Case{{GuardKind::kOperator, "host.test"}, true, false},
           Case{{GuardKind::kOperator, "other.test"}, false, false},
           Case{{GuardKind::kNextHop, "mx1.host.test"}, true, false},
           Case{{GuardKind::kNextHop, "mx2.host.test"}, false, false},
           Case{{GuardKind::kResolver, ""}, false, true},
           Case{{GuardKind::kSite, ""}, true, true},
       }) {
    SCOPED_TRACE(row.subject.ToString());
    EXPECT_EQ(Concerns(row.subject, FailureAt(Hour(1))), row.asked);
    EXPECT_EQ(Concerns(row.subject, unasked), row.unasked);
  }
}

TEST(AlarmTest, OfAlarmsThatCoverAFailureTheFirstSpeaks) {
  using enum AlarmState;
  struct Case {
    std::vector<AlarmState> states;
    Doubt want;
  };
  for (const Case& row : {
           Case{{}, Doubt::kNone},
           Case{{kOpen}, Doubt::kHeld},
           Case{{kReleased}, Doubt::kVoid},
           Case{{kConfirmed}, Doubt::kNone},
           Case{{kConfirmed, kOpen}, Doubt::kNone},
           Case{{kReleased, kConfirmed, kOpen}, Doubt::kVoid},
           Case{{kOpen, kConfirmed}, Doubt::kHeld},
       }) {
    std::vector<Alarm> alarms;
    std::string trace;
    for (const AlarmState state : row.states) {
      alarms.push_back(MakeAlarm({GuardKind::kSite, ""}, Hour(5), {}));
      alarms.back().state = state;
      alarms.back().id = AlarmId{static_cast<std::int64_t>(alarms.size())};
      trace.append(AlarmStateName(state)).append(" ");
    }
    SCOPED_TRACE(trace);
    EXPECT_EQ(DoubtOf(alarms, FailureAt(Hour(6))), row.want);
    EXPECT_EQ(DoubtOf(alarms, FailureAt(Hour(1))), Doubt::kNone);
  }
}

TEST(AlarmTest, IsResolvedByWhatBecomesOfItsAddresses) {
  using enum AlarmState;
  struct Case {
    AlarmFacts facts;
    AlarmState want;
    std::string_view why;
  };
  for (const Case& row : {
           Case{{12000, 0, 0}, kOpen, "nothing heard of"},
           Case{{12000, 239, 0}, kOpen, "accepted, but few of many"},
           Case{{12000, 240, 0}, kReleased, "accepted"},
           Case{{12000, 240, 2160}, kReleased, "a tenth was accepted"},
           Case{{12000, 240, 2161}, kOpen, "less than a tenth was"},
           Case{{12000, 11760, 240}, kReleased, "a few are dead indeed"},
           Case{{5000, 5, 0}, kOpen, "a few live again by chance"},
           Case{{5000, 5, 2499}, kOpen, "half not heard of"},
           Case{{5000, 5, 2500}, kConfirmed, "half failed again"},
           Case{{5000, 0, 5000}, kConfirmed, "all failed again"},
           Case{{30, 2, 0}, kOpen, "two by chance"},
           Case{{30, 3, 0}, kReleased, "three"},
           Case{{30, 2, 14}, kOpen, "half not heard of"},
           Case{{30, 2, 18}, kConfirmed, "two live by chance"},
           Case{{1, 1, 0}, kReleased, "the only one"},
           Case{{1, 0, 1}, kConfirmed, "the only one failed again"},
           Case{{0, 0, 0}, kConfirmed, "holds nobody"},
       }) {
    SCOPED_TRACE(row.why);
    const GuardPolicy policy;
    const Alarm alarm = MakeAlarm({GuardKind::kSite, ""}, Hour(0), policy);
    EXPECT_EQ(Resolve(alarm, row.facts, policy, alarm.until), row.want);
    EXPECT_EQ(Resolve(alarm, row.facts, policy, alarm.until - milliseconds(1)),
              kOpen);
  }
}

TEST(AlarmTest, IsReleasedWhenItIsOverButConfirmedOnlyAfterHold) {
  const GuardPolicy policy;
  Alarm alarm = MakeAlarm({GuardKind::kSite, ""}, Hour(0), policy);
  alarm.until = Hour(8);
  EXPECT_EQ(Resolve(alarm, {100, 90, 10}, policy, Hour(7)), AlarmState::kOpen);
  EXPECT_EQ(Resolve(alarm, {100, 90, 10}, policy, Hour(8)),
            AlarmState::kReleased);
  EXPECT_EQ(Resolve(alarm, {100, 0, 90}, policy, Hour(71)), AlarmState::kOpen);
  EXPECT_EQ(Resolve(alarm, {100, 0, 90}, policy, Hour(72)),
            AlarmState::kConfirmed);
}

TEST(AlarmTest, APersonsDecisionStays) {
  const GuardPolicy policy;
  Alarm alarm = MakeAlarm({GuardKind::kSite, ""}, Hour(0), policy);
  alarm.state = AlarmState::kConfirmed;
  EXPECT_EQ(Resolve(alarm, {100, 100, 0}, policy, Hour(99)),
            AlarmState::kConfirmed);
  alarm.state = AlarmState::kReleased;
  EXPECT_EQ(Resolve(alarm, {100, 0, 100}, policy, Hour(99)),
            AlarmState::kReleased);
}

TEST(AlarmTest, HasNamesForPeople) {
  EXPECT_EQ((GuardSubject{GuardKind::kDomain, "a.test"}).ToString(),
            "domain a.test");
  EXPECT_EQ((GuardSubject{GuardKind::kNextHop, "mx.a.test"}).ToString(),
            "next-hop mx.a.test");
  EXPECT_EQ((GuardSubject{GuardKind::kResolver, ""}).ToString(), "resolver");
  EXPECT_EQ(AlarmStateName(AlarmState::kOpen), "open");
  EXPECT_EQ(AlarmStateName(AlarmState::kConfirmed), "confirmed");
}

}  // namespace
}  // namespace postbounce
