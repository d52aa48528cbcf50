#include "store/guarded_event.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/store/samples.h"

namespace postbounce {
namespace {

TEST(GuardedEventTest, AnAlarmDoubtsTheHardFailuresThatItCovers) {
  Event hard;
  hard.time = Hour(1);
  hard.action = Action::kFailed;
  hard.reason_class = ReasonClass::kHard;
  hard.relay = "mx1.example.net";
  Event soft = hard;
  soft.reason_class = ReasonClass::kSoft;
  Event late = hard;
  late.time = Hour(100);
  Event elsewhere = hard;
  elsewhere.relay = "none";
  const GuardSubject kX{GuardKind::kDomain, "x.test"};
  const GuardSubject kOperator{GuardKind::kOperator, "example.net"};
  const GuardSubject kResolver{GuardKind::kResolver, ""};
  const struct {
    const char* name;
    GuardSubject subject;
    Event event;
    bool is_covered;
  } kCases[] = {
      {"its domain", kX, hard, true},
      {"another domain", {GuardKind::kDomain, "y.test"}, hard, false},
      {"its operator", kOperator, hard, true},
      {"no server", kOperator, elsewhere, false},
      {"our resolver", kResolver, elsewhere, true},
      {"a server", kResolver, hard, false},
      {"a soft failure", kX, soft, false},
      {"after the alarm", kX, late, false},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.name);
    std::vector<Alarm> alarms = {MakeAlarm(one.subject, Hour(1), {})};
    EXPECT_EQ(HolderOf(alarms, "Joe@X.test", one.event) != nullptr,
              one.is_covered);
    Event event = one.event;
    DoubtEvent(alarms, "Joe@X.test", &event);
    EXPECT_EQ(event.is_held, one.is_covered);
    EXPECT_FALSE(event.is_void);

    alarms[0].state = AlarmState::kReleased;
    EXPECT_EQ(HolderOf(alarms, "Joe@X.test", one.event), nullptr);
    event = one.event;
    DoubtEvent(alarms, "Joe@X.test", &event);
    EXPECT_FALSE(event.is_held);
    EXPECT_EQ(event.is_void, one.is_covered);
  }
}

}  // namespace
}  // namespace postbounce
