#include "store/decide.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/store/samples.h"

namespace postbounce {
namespace {

Event EventAt(int hour, Action action, Reason reason, std::int64_t id = 1) {
  Event event;
  event.id = EventId{id};
  event.time = Hour(hour);
  event.action = action;
  event.reason = reason;
  event.reason_class = InfoOf(reason).reason_class;
  return event;
}

TEST(DecideTest, OneHardFailureSuppressesAsOfItsTime) {
  const std::vector<Event> events = {
      EventAt(1, Action::kDelayed, Reason::kDelayed, 1),
      EventAt(2, Action::kFailed, Reason::kMailboxFull, 2),
      EventAt(3, Action::kFailed, Reason::kNoSuchDomain, 3),
      EventAt(4, Action::kFailed, Reason::kNoSuchUser, 4),
  };
  const Decision decision = Decide(events, Hour(5));
  EXPECT_EQ(decision.state, ListState::kActive);
  EXPECT_EQ(decision.reason, Reason::kNoSuchDomain);
  EXPECT_EQ(decision.since, Hour(3));
  EXPECT_EQ(decision.until, std::nullopt);
  EXPECT_EQ(decision.because, EventId{3});
}

TEST(DecideTest, NothingButAHardFailureSuppresses) {
  struct Case {
    Action action;
    Reason reason;
    ListState want;
  };
  for (const Case& row : {
           Case{Action::kFailed, Reason::kNoSuchUser, ListState::kActive},
           Case{Action::kFailed, Reason::kMailboxFull, ListState::kNone},
           Case{Action::kFailed, Reason::kSpamRejected, ListState::kNone},
           Case{Action::kFailed, Reason::kAlreadySuppressed, ListState::kNone},
           Case{Action::kDelayed, Reason::kNoSuchUser, ListState::kNone},
           Case{Action::kOther, Reason::kNoSuchUser, ListState::kNone},
           Case{Action::kOther, Reason::kComplaint, ListState::kNone},
           Case{Action::kDelivered, Reason::kDelivered, ListState::kNone},
       }) {
    SCOPED_TRACE(std::string(ReasonName(row.reason)) + " " +
                 std::string(ActionName(row.action)));
    const std::vector<Event> events = {EventAt(1, row.action, row.reason)};
    EXPECT_EQ(Decide(events, Hour(2)).state, row.want);
    EXPECT_EQ(IsDecisive(events[0]), row.want == ListState::kActive);
  }
}

TEST(DecideTest, AnEventOfTheFutureDoesNotCountYet) {
  const std::vector<Event> events = {
      EventAt(5, Action::kFailed, Reason::kNoSuchUser)};
  EXPECT_EQ(Decide(events, Hour(4)), Decision());
  EXPECT_EQ(Decide(events, Hour(5)).state, ListState::kActive);
}

TEST(DecideTest, NoEventsAreNoDecision) {
  EXPECT_EQ(Decide({}, Hour(0)), Decision());
}

TEST(ListStateTest, EveryStateHasAName) {
  EXPECT_EQ(StateName(ListState::kNone), "none");
  EXPECT_EQ(StateName(ListState::kActive), "active");
  EXPECT_EQ(StateName(ListState::kHeld), "held");
  EXPECT_EQ(StateName(ListState::kExpired), "expired");
  EXPECT_EQ(StateName(ListState::kRemoved), "removed");
}

}  // namespace
}  // namespace postbounce
