// What time, orders and the outage guard do to a suppression.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "store/decide.h"
#include "tests/store/story.h"

namespace postbounce {
namespace {

TEST(DecideTest, ASuppressionExpires) {
  Check({
      {"1 no-such-user", "366:11", "active no-such-user 1-366"},
      {"1 no-such-user", "366", "expired no-such-user 1-366"},
      {"1 complaint in=news", "9999", "news: active complaint 1-"},
  });
}

TEST(DecideTest, AFurtherFailureProlongsByTheTimeOfItsReason) {
  Check({
      {"1 no-such-user, 100 no-such-user", "200", "active no-such-user 1-465"},
      {"1 no-such-user, 100 mailbox-full", "200", "active no-such-user 1-366"},
      {"1 no-such-user, 300 mailbox-full", "366", "active no-such-user 1-390"},
      {"1 no-such-user, 100 already-suppressed, 200 spam-rejected", "366",
       "expired no-such-user 1-366"},
      {"1 no-such-user, 365 no-such-user second-day", "366",
       "expired no-such-user 1-366"},
  });
  Check({{"1 no-such-user, 9 bad-address-syntax, 10 no-such-user", "9999",
          "active no-such-user 1-"}},
        WithRule(Reason::kBadAddressSyntax, "after 1"));
}

TEST(DecideTest, OnProbationOneFailureSuppressesForTwiceTheTime) {
  constexpr const char* kFull =
      "1 mailbox-full, 4 mailbox-full, 8 mailbox-full, 12 mailbox-full, "
      "15 mailbox-full, 105 mailbox-full, 300 mailbox-full, 700 mailbox-full, "
      "1500 mailbox-full";
  Check({
      {kFull, "104", "active mailbox-full 15-105"},
      {kFull, "105", "active mailbox-full 105-285"},
      {kFull, "300", "active mailbox-full 300-660"},
      {kFull, "700", "active mailbox-full 700-1420"},
      // Eight times at most, and five years.
      {kFull, "1500", "active mailbox-full 1500-2220"},
      {"1 no-such-user, 400 no-such-user, 1200 no-such-user", "1200",
       "active no-such-user 1200-2660"},
      {"1 no-such-user, 400 no-such-user, 1200 no-such-user, "
       "2700 no-such-user",
       "2700", "active no-such-user 2700-4525"},
      // Any reason, and prolonged as long.
      {"1 no-such-user, 400 expired", "400", "active expired 400-460"},
      {"1 no-such-user, 400 expired, 450 expired", "460",
       "active expired 400-510"},
  });
  Check({{"1 no-such-user, 3660 no-such-user", "3660",
          "active no-such-user 3660-7310"}},
        WithRule(Reason::kNoSuchUser, "after 1 for 3650d"));
}

TEST(DecideTest, AnOrderSuppressesAtOnce) {
  Check({
      {"1 suppress", "9999", "active unknown 1-"},
      {"1 suppress until=9", "8", "active unknown 1-9"},
      {"1 suppress until=9", "9", "expired unknown 1-9"},
      {"1 suppress in=news", "9", "news: active unknown 1-"},
      {"1 complaint in=news, 2 suppress", "9",
       "active unknown 2-; news: active complaint 1-"},
      // The order replaces what the failures said.
      {"1 no-such-user, 2 suppress until=9", "9", "expired unknown 2-9"},
      // It is no failure, so there is no probation.
      {"1 suppress until=9, 10 mailbox-full", "11", "expired unknown 1-9"},
      {"1 suppress until=9, 5 mailbox-full", "11", "expired unknown 1-9"},
      {"1 suppress until=9, 5 no-such-user", "11", "active unknown 1-370"},
      {"1 no-such-user, 400 suppress until=500, 600 expired", "600",
       "active expired 600-660"},
  });
}

TEST(DecideTest, RemovalForgetsAllThatWasBefore) {
  Check({
      {"1 no-such-user, 5 remove", "9", "removed no-such-user 5-"},
      {"1 mailbox-disabled, 5 remove, 6 mailbox-disabled", "9", "none"},
      {"1 no-such-user, 5 remove, 6 mailbox-full", "9",
       "removed no-such-user 5-"},
      {"1 no-such-user, 400 remove, 401 expired", "401",
       "removed no-such-user 400-"},
      {"1 no-such-user, 5 remove, 6 no-such-user", "9",
       "active no-such-user 6-371"},
      {"5 remove", "9", "none"},
      // A witness that comes late counts at its own time.
      {"5 remove, 4 no-such-user", "9", "removed no-such-user 5-"},
      {"5 no-such-user, 5 remove", "9", "removed no-such-user 5-"},
      {"5 remove, 5 no-such-user", "9", "removed no-such-user 5-"},
  });
}

// Whoever keeps the time in seconds then says the same as who keeps more of it.
TEST(DecideTest, ASuppressionEndsWithAWholeSecond) {
  Story story("1 no-such-user");
  story.events[0].time += std::chrono::milliseconds(1);
  const auto decisions = Decide(story.history(), DefaultPolicy(), TimeOf("9"));
  ASSERT_EQ(decisions.size(), 1u);
  EXPECT_EQ(decisions[0].until, TimeOf("366") + std::chrono::seconds(1));
  EXPECT_EQ(decisions[0].since, story.events[0].time);
}

TEST(DecideTest, RemovalIsOfOneScopeOrOfAll) {
  constexpr const char* kThree =
      "1 no-such-user in=a, 1 complaint in=a, 1 complaint in=b, ";
  const std::string of_all = std::string(kThree) + "5 remove";
  const std::string of_a = std::string(kThree) + "5 remove in=a";
  Check({{of_all.c_str(), "9",
          "removed no-such-user 5-; a: removed complaint 5-; "
          "b: removed complaint 5-"},
         {of_a.c_str(), "9",
          "active no-such-user 1-366; a: removed complaint 5-; "
          "b: active complaint 1-"},
         {"1 suppress in=c, 5 remove, 6 suppress in=c", "9",
          "c: active unknown 6-"}});
}

TEST(DecideTest, OfTwoOrdersTheLaterWins) {
  Check({
      {"1 suppress, 2 remove", "9", "removed unknown 2-"},
      {"1 remove, 2 suppress", "9", "active unknown 2-"},
      {"2 suppress, 2 remove", "9", "removed unknown 2-"},
      {"2 remove, 2 suppress", "9", "active unknown 2-"},
      {"1 suppress, 2 suppress until=8", "9", "expired unknown 2-8"},
      {"1 suppress, 2 suppress", "9", "active unknown 1-"},
      {"1 suppress until=9, 2 suppress until=9", "8", "active unknown 1-9"},
      {"1 suppress, 2 remove, 3 suppress", "9", "active unknown 3-"},
      {"1 no-such-user, 2 suppress", "9", "active unknown 2-"},
  });
}

TEST(DecideTest, WhatTheGuardDoubtsIsHeld) {
  Check({
      {"1 no-such-user held", "9", "held no-such-user 1-366"},
      {"1 no-such-user held", "366", "none"},
      {"1 no-such-user held void", "9", "none"},
      {"1 mailbox-disabled, 2 mailbox-disabled held", "9",
       "held mailbox-disabled 2-182"},
      // One that is not doubted is enough.
      {"1 no-such-user held, 5 no-such-user", "9", "active no-such-user 5-370"},
      {"1 no-such-user, 5 no-such-user held", "368", "held no-such-user 1-370"},
      {"1 no-such-user, 5 no-such-user held", "9", "active no-such-user 1-366"},
      {"1 mailbox-disabled held, 5 mailbox-disabled", "9",
       "held mailbox-disabled 5-185"},
      {"1 complaint in=news, 2 no-such-user held", "9",
       "held no-such-user 2-367; news: active complaint 1-"},
      {"1 no-such-user held, 2 remove", "9", "none"},
  });
}

TEST(DecideTest, TheFirstDeliveryEndsAHeldSuppression) {
  Check({
      {"2 no-such-user held, 1 delivered", "3", "held no-such-user 2-367"},
      {"1 no-such-user held, 2 delivered", "2", "none"},
      {"1 no-such-user held, 2 delivered, 3 mailbox-full held", "3", "none"},
      {"1 no-such-user held, 2 delivered, 3 no-such-user held", "3",
       "held no-such-user 3-368"},
      {"1 no-such-user held, 2 delivered of=7, 3 unknown after-acceptance of=7",
       "3", "held no-such-user 1-366"},
      {"1 no-such-user held after-acceptance, 2 delivered", "9",
       "held no-such-user 1-366"},
  });
}

TEST(DecideTest, AStateIsReadAtTheTimeOfTheQuestion) {
  const struct {
    ListState state;
    ListState want;  // when `until` is over
  } kCases[] = {
      {ListState::kNone, ListState::kNone},
      {ListState::kActive, ListState::kExpired},
      {ListState::kHeld, ListState::kNone},
      {ListState::kExpired, ListState::kExpired},
      {ListState::kRemoved, ListState::kRemoved},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(StateName(row.state));
    Decision decision;
    decision.state = row.state;
    EXPECT_EQ(StateAt(decision, TimeOf("9999")), row.state);
    decision.until = TimeOf("9");
    EXPECT_EQ(StateAt(decision, TimeOf("8")), row.state);
    EXPECT_EQ(StateAt(decision, TimeOf("9")), row.want);
  }
}

// Much of it happens at the same time.
std::string AnyStory(std::span<const char* const> what, std::mt19937* random) {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += std::to_string((*random)() % 50) + " " +
            what[(*random)() % what.size()] + ",";
  }
  return text;
}

TEST(DecideTest, TheOrderOfTheHistoryDoesNotMatter) {
  constexpr const char* kWhat[] = {
      "no-such-user",
      "no-such-user held",
      "mailbox-full",
      "expired second-day",
      "mailbox-disabled of=1",
      "complaint in=a",
      "recipient-refused in=a",
      "delivered",
      "delivered of=1",
      "suppress in=a until=60",
      "suppress",
      "remove",
      "remove in=a",
  };
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    const std::string text = AnyStory(kWhat, &random);
    SCOPED_TRACE(text);
    Story story(text);
    const auto want = Decide(story.history(), DefaultPolicy(), TimeOf("52"));
    for (int shuffle = 0; shuffle < 5; ++shuffle) {
      std::shuffle(story.events.begin(), story.events.end(), random);
      std::shuffle(story.deliveries.begin(), story.deliveries.end(), random);
      std::shuffle(story.actions.begin(), story.actions.end(), random);
      ASSERT_EQ(Decide(story.history(), DefaultPolicy(), TimeOf("52")), want);
    }
  }
}

TEST(DecideTest, WithoutDeliveriesTimeAloneOnlyExpires) {
  constexpr const char* kWhat[] = {
      "no-such-user",   "mailbox-disabled",       "mailbox-full",
      "complaint in=a", "suppress in=a until=99", "suppress until=400",
      "remove",
  };
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const std::string text = AnyStory(kWhat, &random);
    SCOPED_TRACE(text);
    const Story story(text);
    auto then = Decide(story.history(), DefaultPolicy(), TimeOf("52"));
    for (Decision& decision : then) {
      decision.state = StateAt(decision, TimeOf("300"));
    }
    EXPECT_EQ(Decide(story.history(), DefaultPolicy(), TimeOf("300")), then);
  }
}

}  // namespace
}  // namespace postbounce
