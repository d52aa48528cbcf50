#include <string>
#include <vector>

#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

// Where no log tells of deliveries, so many failures raise an alarm.
constexpr int kFailures = 100;

std::vector<Write> FailuresOf(std::string_view domain, int hour) {
  std::vector<Write> mails;
  for (int i = 0; i < kFailures; ++i) {
    const std::string address = "p" + std::to_string(i);
    mails.push_back(ReportOf(address + std::to_string(hour),
                             {Hard(address + "@" + std::string(domain))},
                             hour));
  }
  return mails;
}

std::vector<Alarm> AlarmsOf(const std::vector<Outcome>& outcomes) {
  std::vector<Alarm> alarms;
  for (const Outcome& outcome : outcomes) {
    alarms.insert(alarms.end(), outcome.alarms.begin(), outcome.alarms.end());
  }
  return alarms;
}

TEST_P(StoreContract, AnAlarmHoldsUntilAPersonHasResolvedIt) {
  const auto raised = AlarmsOf(Apply(FailuresOf("x.test", 90), 91));
  ASSERT_EQ(raised.size(), 1u);
  EXPECT_EQ(raised[0].subject.ToString(), "domain x.test");
  EXPECT_EQ(raised[0].operator_domain, "remote.test");
  EXPECT_EQ(reader_->Alarms().value(), raised);
  std::vector<std::string> held;
  ASSERT_TRUE(reader_->EachHeld([&](const std::string& address, const Event&) {
    held.push_back(address);
  }));
  EXPECT_EQ(held.size(), 100u);
  EXPECT_EQ(Count().held, 100u);

  const ResolveAlarm release{raised[0].id, AlarmState::kReleased, "joe", "ok"};
  const Outcome released = ApplyOne(release, 91);
  EXPECT_EQ(released.affected, 100u);
  ASSERT_EQ(released.alarms.size(), 1u);
  EXPECT_EQ(released.alarms[0].actor, "joe");
  EXPECT_EQ(released.alarms[0].why, "ok");
  // He speaks of what he has seen.
  EXPECT_EQ(released.alarms[0].until, Hour(91));
  Reopen();
  EXPECT_EQ(reader_->Alarms().value(), released.alarms);
  EXPECT_EQ(Count().held, 0u);
  EXPECT_EQ(Count().suppressed, 0u);

  ApplyOne(ReportOf("later", {Hard("p1@x.test")}, 96));
  EXPECT_EQ(StateOf("p1@x.test"), ListState::kActive);
  ApplyOne(ResolveAlarm{raised[0].id, AlarmState::kOpen, "joe", ""});
  EXPECT_EQ(StateOf("p1@x.test"), ListState::kActive);
  EXPECT_EQ(StateOf("p2@x.test"), ListState::kHeld);
}

TEST_P(StoreContract, ItIsKnownWhatWasToldOfAnAlarm) {
  const auto raised = AlarmsOf(Apply(FailuresOf("x.test", 90), 91));
  ASSERT_EQ(raised.size(), 1u);
  const MarkTold told{raised[0].id, AlarmState::kOpen};
  EXPECT_TRUE(ApplyOne(told, 91).alarms.empty());
  Reopen();
  EXPECT_EQ(reader_->Alarms().value().at(0).told, AlarmState::kOpen);
  // That an alarm ends is no news, only what becomes of it.
  EXPECT_TRUE(ApplyOne(PassTime{}, 99).alarms.empty());
  EXPECT_LT(reader_->Alarms().value().at(0).until, raised[0].until);
  const Outcome resolved = ApplyOne(
      ResolveAlarm{raised[0].id, AlarmState::kReleased, "joe", ""}, 99);
  EXPECT_EQ(resolved.alarms.size(), 1u);
  // It has changed before the program had ended.
  EXPECT_EQ(ApplyOne(told, 99).alarms, resolved.alarms);
  const std::vector<Write> unknown = {MarkTold{AlarmId{99}, {}}};
  const auto outcomes = store_->Apply(unknown, Hour(99)).value();
  EXPECT_EQ(outcomes.at(0).error().code(), ErrorCode::kNotFound);
}

TEST_P(StoreContract, AnAlarmIsConfirmedWhenItsAddressesFailAgain) {
  ASSERT_EQ(AlarmsOf(Apply(FailuresOf("x.test", 90), 91)).size(), 1u);
  Apply(FailuresOf("x.test", 300), 301);
  const Outcome outcome = ApplyOne(PassTime{}, 301);
  ASSERT_EQ(outcome.alarms.size(), 1u);
  EXPECT_EQ(outcome.alarms[0].state, AlarmState::kConfirmed);
  EXPECT_EQ(outcome.alarms[0].actor, "");
}

}  // namespace
}  // namespace postbounce
