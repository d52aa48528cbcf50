#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "store/guard.h"
#include "tests/store/guard_world.h"
#include "tests/store/samples.h"

namespace postbounce {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using Fate = Sent::Fate;

// Gmail, 14 and 15 December 2020: "550 5.1.1 The email account that you tried
// to reach does not exist", for 6 hours and 41 minutes.
World GmailsNight(std::uint32_t seed) {
  World world(seed);
  world.MakePlaces(300);
  WriteAsUsual(&world, -15, 1);
  const minutes length = hours(6) + minutes(41);
  WriteTo(&world, Hour(9), length, 20000, 1, Fate::kAccepted);
  Break(&world, Hour(9), Hour(9) + length, 60,
        [](const Sent& sent) { return sent.place == kGmail; });
  return world;
}

TEST(GuardSimulationTest, AProvidersBadHoursAreHeldAndNothingElseIs) {
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    World world = GmailsNight(seed);
    world.Run();
    EXPECT_EQ(SubjectsOfAlarms(world),
              (std::vector<std::string>{"domain gmail.com"}));
    EXPECT_GT(world.CountOf(Fate::kFalse, Doubt::kHeld), 11000u);
    EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kNone), 0u);
    for (const Sent& sent : world.failures) {
      ASSERT_TRUE(sent.place == kGmail || !world.IsDoubted(sent));
    }

    // The next day all is well, and everybody gets mail again.
    WriteTo(&world, Hour(30), hours(8), 20000, 1, Fate::kAccepted);
    world.Run();
    world.ResolveAlarms(Hour(40));
    ASSERT_EQ(world.alarms.size(), 1u);
    EXPECT_LE(world.alarms[0].until, Hour(31));
    EXPECT_EQ(world.alarms[0].state, AlarmState::kReleased);
    EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kVoid),
              world.CountOf(Fate::kFalse));
  }
}

TEST(GuardSimulationTest, LogsReadInAnyOrderLeaveNoFalseFailure) {
  struct Case {
    std::string_view why;
    minutes (*lag)(const Sent& sent);
  };
  for (const Case& row : {
           Case{"every other line from a log three hours late",
                [](const Sent& sent) {
                  return minutes(sent.person % 2 == 0 ? 0 : 180);
                }},
           Case{"all of it backwards",
                [](const Sent& sent) {
                  return 2 * std::chrono::floor<minutes>(Hour(24) - sent.time);
                }},
           Case{"the newest file first",
                [](const Sent& sent) {
                  return 2 * minutes(days(1)) *
                         ((Hour(24) - sent.time) / std::chrono::hours(24));
                }},
       }) {
    SCOPED_TRACE(row.why);
    World world = GmailsNight(1);
    for (Sent& sent : world.mail) sent.lag = row.lag(sent);
    world.Run();
    EXPECT_GT(world.CountOf(Fate::kFalse, Doubt::kHeld), 11000u);
    EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kNone), 0u);
    for (const Alarm& alarm : world.alarms) {
      EXPECT_EQ(alarm.subject.ToString(), "domain gmail.com");
    }
  }
}

TEST(GuardSimulationTest, AProviderWithManyDomainsIsOneSubject) {
  World world;
  world.MakePlaces(300);
  WriteAsUsual(&world, -15, 1);
  WriteTo(&world, Hour(9), hours(2), 4000, 41, Fate::kAccepted);
  Break(&world, Hour(9), Hour(11), 60,
        [](const Sent& sent) { return sent.place < 41; });
  world.Run();
  EXPECT_EQ(SubjectsOfAlarms(world),
            (std::vector<std::string>{"operator host0.test"}));
  EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kNone), 0u);
}

TEST(GuardSimulationTest, AnHourOfABrokenResolverIsHeldAndReleased) {
  World world;
  world.MakePlaces(300);
  WriteAsUsual(&world, -15, 1);
  WriteTo(&world, Hour(9), hours(1), 3000, 300, Fate::kAccepted);
  Break(&world, Hour(9), Hour(10), 50, [](const Sent&) { return true; });
  for (Sent& sent : world.mail) {
    sent.without_server = sent.fate == Fate::kFalse;
  }
  WriteTo(&world, Hour(11), hours(1), 3000, 300, Fate::kAccepted);
  world.Run();
  EXPECT_EQ(SubjectsOfAlarms(world), (std::vector<std::string>{"resolver"}));
  EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kNone), 0u);
  EXPECT_EQ(world.CountOf(Fate::kDead, Doubt::kHeld), 0u);
  world.ResolveAlarms(Hour(14));
  EXPECT_EQ(world.alarms[0].state, AlarmState::kReleased);
}

TEST(GuardSimulationTest, ARelayhostThatRefusesAllIsHeldAndReleased) {
  World world;
  world.MakePlaces(300);
  for (Place& place : world.places) {
    place.operator_domain = "relay.test";
    place.next_hop = "out.relay.test";
  }
  WriteAsUsual(&world, -15, 1);
  Break(&world, Hour(9), Hour(10), 100, [](const Sent&) { return true; });
  world.Run();
  EXPECT_EQ(SubjectsOfAlarms(world),
            (std::vector<std::string>{"operator relay.test"}));
  EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kNone), 0u);
}

TEST(GuardSimulationTest, AMonthOfNewslettersRaisesNoAlarm) {
  for (const std::uint32_t dead : {1u, 2u, 4u}) {
    SCOPED_TRACE(dead);
    World world(dead);
    world.MakePlaces(300);
    WriteAsUsual(&world, 0, 35);
    for (const int day : {3, 10, 17, 31}) {
      world.Write(Hour(24 * day + 10), hours(1), 30000, dead);
    }
    world.Run();
    EXPECT_EQ(SubjectsOfAlarms(world), std::vector<std::string>());
  }
}

TEST(GuardSimulationTest, AProviderThatDiesSlowlyAlarmsOnce) {
  World world;
  world.MakePlaces(300);
  WriteAsUsual(&world, 0, 35);
  for (const int day : {3, 10, 17, 24, 31}) {
    world.Write(Hour(24 * day + 10), hours(1), 30000, 1);
  }
  Break(&world, Hour(24 * 3), Hour(24 * 35), 20,
        [](const Sent& sent) { return sent.place == 1; });
  world.Run();
  EXPECT_EQ(SubjectsOfAlarms(world),
            (std::vector<std::string>{"domain d1.test"}));
}

TEST(GuardSimulationTest, ANewSiteMayBeginWithAGoodListOnly) {
  for (const std::uint32_t dead : {2u, 4u, 30u}) {
    SCOPED_TRACE(dead);
    World world;
    world.MakePlaces(300);
    world.Write(Hour(0), hours(1), 10000, dead);
    world.Run();
    EXPECT_EQ(!world.alarms.empty(), dead == 30);
    EXPECT_EQ(world.CountOf(Fate::kDead, Doubt::kNone),
              dead == 30 ? 0 : world.CountOf(Fate::kDead));
  }
}

// A bought list: nobody is told of it, and no failure suppresses, until the
// same addresses fail again.
TEST(GuardSimulationTest, DeadPeopleAreHeldUntilTheNextMailing) {
  World world;
  world.MakePlaces(1000);
  WriteAsUsual(&world, -15, 1);
  WriteTo(&world, Hour(9), hours(1), 5000, 1000, Fate::kDead);
  world.Run();
  EXPECT_EQ(SubjectsOfAlarms(world).back(), "site");
  EXPECT_GE(world.CountOf(Fate::kDead, Doubt::kHeld), 5000u);
  world.ResolveAlarms(Hour(24 * 29));
  for (const Alarm& alarm : world.alarms) {
    EXPECT_EQ(alarm.state, AlarmState::kOpen);
  }

  WriteAsUsual(&world, 15, 31);
  WriteTo(&world, Hour(24 * 30), hours(1), 5000, 1000, Fate::kDead);
  world.Run();
  EXPECT_EQ(SubjectsOfAlarms(world).back(), "site");
  world.ResolveAlarms(Hour(24 * 34));
  for (const Alarm& alarm : world.alarms) {
    SCOPED_TRACE(FormatTimestamp(alarm.raised));
    if (alarm.raised < Hour(24)) {
      EXPECT_EQ(alarm.state, AlarmState::kConfirmed);
    } else {
      // The others who failed in these hours.
      EXPECT_LT(world.FactsOf(alarm).held, 30u);
    }
  }
}

TEST(GuardSimulationTest, ASmallCompanysWeekendIsReleasedOnMonday) {
  World world;
  world.MakePlaces(300);
  WriteAsUsual(&world, -15, 5);
  world.places.push_back({"small.test", "small.test", "mx.small.test"});
  for (const int hour : {18, 40, 50, 64}) {
    for (std::uint32_t person = 0; person < 30; ++person) {
      Sent sent;
      sent.time = Hour(hour) + minutes(person);
      sent.place = 300;
      sent.person = person;
      sent.fate = hour < 64 ? Fate::kFalse : Fate::kAccepted;
      world.mail.push_back(sent);
    }
  }
  world.Run();
  EXPECT_EQ(SubjectsOfAlarms(world),
            (std::vector<std::string>{"domain small.test"}));
  world.ResolveAlarms(Hour(66));
  EXPECT_EQ(world.alarms[0].state, AlarmState::kReleased);
  EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kVoid), 90u);
}

TEST(GuardSimulationTest, WithoutDeliveriesABadNightIsHeldAsWell) {
  const auto forget_deliveries = [](World* world) {
    std::erase_if(world->mail, [](const Sent& sent) {
      return sent.fate == Fate::kAccepted;
    });
  };
  World world = GmailsNight(1);
  forget_deliveries(&world);
  const std::vector<Sent> night = std::exchange(world.mail, {});
  // The first mailing is like nothing before. Somebody has a look.
  world.Write(Hour(-700), hours(2), 30000, 2);
  forget_deliveries(&world);
  world.Run();
  EXPECT_EQ(SubjectsOfAlarms(world).back(), "site");
  for (Alarm& alarm : world.alarms) alarm.state = AlarmState::kConfirmed;
  const std::size_t before = world.alarms.size();

  world.Write(Hour(-100), hours(2), 30000, 2);
  forget_deliveries(&world);
  world.mail.insert(world.mail.end(), night.begin(), night.end());
  world.Run();
  ASSERT_EQ(world.alarms.size(), before + 1);
  EXPECT_EQ(world.alarms.back().subject.ToString(), "domain gmail.com");
  EXPECT_EQ(world.CountOf(Fate::kFalse, Doubt::kNone), 0u);
}

}  // namespace
}  // namespace postbounce
