#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/guard.h"
#include "tests/store/guard_samples.h"
#include "tests/store/guard_world.h"
#include "tests/store/samples.h"

namespace postbounce {
namespace {

using std::chrono::days;
using std::chrono::hours;
using Fate = Sent::Fate;

// When a few failures are too many.

TEST(GuardFewTest, AFewFailuresAreTooManyWhereNothingIsTaken) {
  struct Case {
    std::string_view why;
    int usual_failed, usual_delivered;
    std::vector<std::pair<int, int>> hours;  // failed, delivered; the last is 0
    std::string_view want;
    int since;
  };
  for (const Case& row : {
           Case{"four", 1, 100, {{4, 0}}, "", 0},
           Case{"five", 1, 100, {{5, 0}}, "domain a.test", -2},
           Case{"one an hour",
                1,
                100,
                {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}},
                "domain a.test",
                -4},
           Case{"after a good hour",
                1,
                100,
                {{0, 30}, {3, 0}, {3, 0}},
                "domain a.test",
                -2},
           Case{"two of three", 1, 100, {{5, 2}, {5, 3}}, "domain a.test", -2},
           Case{"half", 1, 100, {{4, 4}, {4, 4}}, "", 0},
           Case{"more than half",
                1,
                100,
                {{6, 4}, {6, 4}, {6, 5}},
                "domain a.test",
                -2},
           Case{"many used to fail", 50, 50, {{5, 0}}, "", 0},
           Case{"little was ever taken", 1, 19, {{5, 0}}, "", 0},
       }) {
    SCOPED_TRACE(row.why);
    GuardCounts counts;
    CountHour(&counts, -100, "a.test", row.usual_failed, row.usual_delivered);
    int hour = 1 - static_cast<int>(row.hours.size());
    for (const auto& [failed, delivered] : row.hours) {
      CountHour(&counts, hour++, "a.test", failed, delivered);
    }
    CountHour(&counts, 0, "b.test", 0, 1);
    const auto alarm = Rising(counts, At(Hour(0), "a.test", true), {}, {});
    ASSERT_EQ(alarm ? alarm->subject.ToString() : "", row.want);
    if (!alarm) continue;
    EXPECT_EQ(alarm->since, Hour(row.since));
  }
}

TEST(GuardFewTest, AFewAreNotTooManyBeforeDeliveriesAreToldOf) {
  GuardCounts counts;
  CountHour(&counts, -100, "a.test", 1, 100);
  CountHour(&counts, 0, "a.test", 5, 0);
  EXPECT_FALSE(Rising(counts, At(Hour(0), "a.test", true), {}, {}));
  CountHour(&counts, 0, "b.test", 0, 1);
  EXPECT_TRUE(Rising(counts, At(Hour(0), "a.test", true), {}, {}));
}

TEST(GuardFewTest, AFewFailuresOfOthersWidenAnAlarmToTheOperator) {
  struct Case {
    std::string_view why;
    int domains, failed, delivered;  // of each of the others
    AlarmState state;
    std::string_view want;
  };
  using enum AlarmState;
  for (const Case& row : {
           Case{"some of many", 20, 1, 0, kOpen, "operator host.test"},
           Case{"some of all", 20, 1, 40, kOpen, ""},
           Case{"one other only", 1, 6, 4, kOpen, ""},
           Case{"no alarm any more", 20, 1, 4, kReleased, ""},
           Case{"with an alarm", 20, 1, 4, kOpen, "operator host.test"},
       }) {
    SCOPED_TRACE(row.why);
    GuardCounts counts;
    Alarm alarm = MakeAlarm({GuardKind::kDomain, "gmail.test"}, Hour(0), {});
    alarm.operator_domain = "host.test";
    alarm.state = row.state;
    std::string raised;
    const auto count = [&](Timestamp time, const std::string& domain,
                           bool failed) {
      GuardedOutcome outcome = At(time, domain, failed);
      outcome.operator_domain = "host.test";
      counts.Count(outcome);
      if (!failed || domain == "gmail.test") return;
      const auto wider = Rising(counts, outcome, {{alarm}}, {});
      if (wider) raised = wider->subject.ToString();
    };
    for (int i = 0; i < 2000; ++i) {
      count(Hour(-100), Domain(i % 20), i % 100 == 0);
      count(Hour(-100), "gmail.test", i % 100 == 0);
      count(Hour(0), "gmail.test", true);
    }
    raised.clear();
    for (int i = 0; i < row.domains; ++i) {
      for (int k = 0; k < row.delivered; ++k) count(Hour(0), Domain(i), false);
    }
    for (int i = 0; i < row.domains; ++i) {
      for (int k = 0; k < row.failed; ++k) count(Hour(0), Domain(i), true);
    }
    EXPECT_EQ(raised, row.want);
  }
}

TEST(GuardFewTest, ASmallSiteSeesABadNightAsWell) {
  for (const std::uint32_t percent : {60u, 100u}) {
    SCOPED_TRACE(percent);
    World world;
    world.MakePlaces(60);
    WriteAsUsual(&world, -30, 1, 400);
    WriteTo(&world, Hour(-30 * 24), days(30), 3000, 1, Fate::kAccepted);
    WriteTo(&world, Hour(9), hours(7), 63, 1, Fate::kAccepted);
    Break(&world, Hour(9), Hour(16), percent,
          [](const Sent& sent) { return sent.place == kGmail; });
    world.Run();
    EXPECT_EQ(SubjectsOfAlarms(world),
              (std::vector<std::string>{"domain gmail.com"}));
    EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kNone), 0u);
  }
}

TEST(GuardFewTest, AMonthOfASmallSiteRaisesNoAlarm) {
  for (const std::uint32_t dead : {1u, 2u, 4u}) {
    SCOPED_TRACE(dead);
    World world(dead);
    world.MakePlaces(300);
    world.Write(Hour(0), days(35), 35 * 50, dead);
    for (const int day : {3, 10, 17, 24, 31}) {
      world.Write(Hour(24 * day + 10), hours(1), 2000, dead);
    }
    world.Run();
    EXPECT_EQ(SubjectsOfAlarms(world), std::vector<std::string>());
  }
}

// Customers of a provider of whom hardly any has two people on our list.
TEST(GuardFewTest, ABadNightIsThatOfTheOperatorsOtherDomainsToo) {
  World world;
  world.MakePlaces(300);
  WriteAsUsual(&world, -15, 1);
  WriteTo(&world, Hour(9), hours(7), 2000, 1, Fate::kAccepted);
  WriteTo(&world, Hour(10), hours(6), 45, 41, Fate::kFalse);
  std::erase_if(world.mail, [](const Sent& sent) {
    return sent.time >= Hour(9) && sent.place > 0 && sent.place < 41 &&
           sent.fate != Fate::kFalse;
  });
  Break(&world, Hour(9), Hour(16), 100,
        [](const Sent& sent) { return sent.place == kGmail; });
  world.Run();
  EXPECT_EQ(
      SubjectsOfAlarms(world),
      (std::vector<std::string>{"domain gmail.com", "operator host0.test"}));
  EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kNone), 0u);
}

// A list of one domain's dead, and the guard has its doubts.
TEST(GuardFewTest, DeadPeopleOfADomainDoNotHoldItsOperator) {
  World world;
  world.MakePlaces(300);
  WriteAsUsual(&world, -15, 3);
  WriteTo(&world, Hour(9), hours(1), 500, 1, Fate::kDead);
  world.Run();
  EXPECT_EQ(SubjectsOfAlarms(world),
            (std::vector<std::string>{"domain gmail.com"}));
  EXPECT_LE(world.alarms[0].until, Hour(36));
}

}  // namespace
}  // namespace postbounce
