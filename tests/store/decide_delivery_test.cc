// What deliveries do to scores and suppressions.
#include <gtest/gtest.h>

#include <string>

#include "store/decide.h"
#include "tests/store/story.h"

namespace postbounce {
namespace {

ListPolicy Releasing() {
  ListPolicy policy = DefaultPolicy();
  policy.success_releases = true;
  return policy;
}

TEST(DecideTest, ADeliveryClearsWhatFailedBeforeItOnceItHasSettled) {
  constexpr const char* kDisabled =
      "1 mailbox-disabled, 2 delivered, 3 mailbox-disabled";
  Check({
      // Hard reasons do not wait for it.
      {kDisabled, "6", "active mailbox-disabled 3-183"},
      {kDisabled, "7", "none"},
      {"1 mailbox-disabled, 2 delivered, 3 mailbox-disabled, "
       "4 mailbox-disabled",
       "7", "active mailbox-disabled 4-184"},
      // Probation ends, too.
      {"1 no-such-user, 380 delivered, 400 mailbox-full", "400",
       "expired no-such-user 1-366"},
      {"1 no-such-user, 380 delivered, 400 no-such-user", "400",
       "active no-such-user 400-765"},
      {"1 no-such-user, 399 delivered, 400 no-such-user", "400",
       "active no-such-user 400-1130"},
      {"1 no-such-user, 399 delivered, 400 mailbox-disabled", "400",
       "active mailbox-disabled 400-760"},
  });
}

TEST(DecideTest, AnUnsettledDeliveryHoldsASoftSuppressionBack) {
  constexpr const char* kFull =
      "1 mailbox-full, 4 mailbox-full, 8 mailbox-full, 12 mailbox-full, "
      "14 delivered of=7, 15 mailbox-full";
  Check({
      {kFull, "15", "none"},
      {kFull, "30", "none"},
      // It came back, so it was none.
      {(std::string(kFull) + ", 17 unknown after-acceptance of=7").c_str(),
       "17", "active mailbox-full 15-105"},
      {"1 no-such-user, 399 delivered, 400 mailbox-full", "400",
       "expired no-such-user 1-366"},
      {"1 mailbox-full, 14 delivered, 14:13 no-such-user", "15",
       "active no-such-user 14:13-379:13"},
  });
}

TEST(DecideTest, ADeliveryOfAMessageThatFailedMeansNothing) {
  Check({
      {"1 mailbox-disabled, 2 delivered of=7, 3 mailbox-disabled of=8", "20",
       "none"},
      {"1 mailbox-disabled, 2 delivered of=7, 3 mailbox-disabled of=7", "20",
       "active mailbox-disabled 3-183"},
      {"1 mailbox-disabled of=9, 2 delivered of=7, 3 mailbox-disabled of=8, "
       "3 unknown after-acceptance of=7",
       "20", "active mailbox-disabled 3-183"},
      // A complaint says that the mail arrived.
      {"1 mailbox-disabled, 2 delivered of=7, 2 complaint of=7, "
       "3 mailbox-disabled",
       "20", "none"},
  });
}

TEST(DecideTest, DeliveriesSayNothingOfWhoFailedAfterAcceptance) {
  Check({
      {"1 mailbox-disabled after-acceptance, 2 delivered, 3 mailbox-disabled",
       "20", "active mailbox-disabled 3-183"},
      {"1 mailbox-disabled, 2 delivered, 3 mailbox-disabled, "
       "9 expired after-acceptance",
       "20", "active mailbox-disabled 3-183"},
      {"1 no-such-user after-acceptance, 9 delivered", "20",
       "active no-such-user 1-366"},
      // Not for a reason that never suppresses.
      {"1 mailbox-disabled, 2 delivered, 3 mailbox-disabled, "
       "9 unknown after-acceptance of=7",
       "20", "none"},
  });
}

TEST(DecideTest, ADeliveryInASuppressionIsShownAndReleasesNobody) {
  Check({
      {"1 no-such-user, 3 delivered", "3",
       "active no-such-user 1-366 contradicted 3"},
      {"1 no-such-user, 3 delivered, 9 delivered", "99",
       "active no-such-user 1-366 contradicted 9"},
      {"1 no-such-user, 0 delivered", "99", "active no-such-user 1-366"},
      {"1 no-such-user, 3 delivered, 366 delivered", "400",
       "expired no-such-user 1-366 contradicted 3"},
      {"1 suppress, 3 delivered", "99", "active unknown 1- contradicted 3"},
      // What failed before it does not come back on probation.
      {"1 no-such-user, 3 delivered, 400 mailbox-full", "400",
       "expired no-such-user 1-366 contradicted 3"},
  });
}

TEST(DecideTest, ADeliveryReleasesWhereThePolicySaysSoOnceItHasSettled) {
  Check(
      {
          {"1 no-such-user, 3 delivered", "7",
           "active no-such-user 1-366 contradicted 3"},
          {"1 no-such-user, 3 delivered", "8",
           "removed no-such-user 8- contradicted 3"},
          {"1 no-such-user, 3 delivered, 4 no-such-user", "8",
           "active no-such-user 4-369"},
          {"1 no-such-user, 3 delivered, 4 mailbox-full", "8",
           "removed no-such-user 8- contradicted 3"},
          // An operator meant it, and so did who complained.
          {"1 suppress, 3 delivered", "99", "active unknown 1- contradicted 3"},
          {"1 complaint in=news, 3 delivered", "99",
           "news: active complaint 1-"},
      },
      Releasing());
}

TEST(DecideTest, AComplaintOutweighsWhatAServerSaid) {
  Check({{"1 recipient-refused in=a, 4 recipient-refused in=a, "
          "8 recipient-refused in=a, 12 recipient-refused in=a, "
          "15 recipient-refused in=a, 16 complaint in=a, 20 delivered",
          "99", "a: active complaint 15-"},
         {"1 suppress in=a, 3 complaint in=a", "99", "a: active unknown 1-"}},
        Releasing());
  ListPolicy twice = WithRule(Reason::kComplaint, "after 2 in scope");
  Check({{"1 complaint in=a, 3 delivered, 5 complaint in=a", "99",
          "a: active complaint 5-"},
         {"1 recipient-refused in=a, 4 recipient-refused in=a, "
          "8 recipient-refused in=a, 12 recipient-refused in=a, "
          "15 recipient-refused in=a, 16 complaint in=a",
          "99", "a: active recipient-refused 15-"}},
        twice);
}

TEST(DecideTest, ADeliverySpeaksForTheScopeThatItWasOf) {
  constexpr const char* kRefused =
      "1 recipient-refused in=a, 4 recipient-refused in=a, "
      "8 recipient-refused in=a, 12 recipient-refused in=a, "
      "15 recipient-refused in=a, ";
  const std::string other = std::string(kRefused) + "9 delivered in=b";
  const std::string same = std::string(kRefused) + "9 delivered in=a";
  const std::string any = std::string(kRefused) + "9 delivered";
  Check({{other.c_str(), "20", "a: active recipient-refused 15-105"},
         {same.c_str(), "20", "none"},
         {any.c_str(), "20", "none"},
         {"1 no-such-user, 9 delivered in=b", "20",
          "active no-such-user 1-366 contradicted 9"}});
}

TEST(DecideTest, ADeliveryIsBelievableUnlessTheServerTakesMailForAnybody) {
  const struct {
    const char* story;
    const char* want;  // empty: none
  } kCases[] = {
      {"1 no-such-user held", ""},
      {"1 no-such-user held, 2 delivered, 3 delivered", "3"},
      {"1 no-such-user held, 2 delivered, 9 delivered", "2"},
      {"1 no-such-user held of=7, 1 delivered of=7", ""},
      {"1 no-such-user held after-acceptance, 2 delivered", ""},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.story);
    const Story story(one.story);
    const auto last = LastBelievable(story.history(), TimeOf("8"));
    EXPECT_EQ(last.has_value(), *one.want != 0);
    if (!last) continue;
    EXPECT_EQ(*last, TimeOf(one.want));
  }
}

}  // namespace
}  // namespace postbounce
