#include "store/decide.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/store/story.h"

namespace postbounce {
namespace {

// Five on five days over a fortnight.
constexpr const char* kFullFortnight =
    "1 mailbox-full, 4 mailbox-full, 8 mailbox-full, 12 mailbox-full, "
    "15 mailbox-full";

TEST(DecideTest, OnlyAFailureOfOurMailThatSpeaksAgainstTheAddressCounts) {
  Check({
      {"", "9", "none"},
      {"1 no-such-user", "9", "active no-such-user 1-366"},
      {"1 no-such-user delayed", "9", "none"},
      {"1 no-such-user unproven", "9", "none"},
      {"1 no-such-user untrusted", "9", "none"},
      {"1 no-such-user void", "9", "none"},
      {"1 no-such-user block", "9", "none"},
      {"1 already-suppressed", "9", "none"},
      {"1 already-suppressed hard", "9", "none"},
      {"1 complaint in=news", "9", "news: active complaint 1-"},
      {"1 complaint delayed in=news", "9", "news: active complaint 1-"},
      {"1 complaint void in=news", "9", "none"},
  });
}

TEST(DecideTest, WhatLiesInTheFutureDoesNotCountYet) {
  Check({
      {"9 no-such-user", "8", "none"},
      {"9 no-such-user", "9", "active no-such-user 9-374"},
      {"1 no-such-user, 9 remove", "8", "active no-such-user 1-366"},
      {"1 no-such-user, 9 delivered", "8", "active no-such-user 1-366"},
      {"9 suppress", "8", "none"},
      {"9 suppress in=news", "8", "none"},
  });
}

TEST(DecideTest, EachReasonHasItsRule) {
  Check({
      {"1 mailbox-moved", "9", "active mailbox-moved 1-366"},
      {"1 bad-address-syntax", "9", "active bad-address-syntax 1-366"},
      {"1 domain-accepts-no-mail", "9", "active domain-accepts-no-mail 1-181"},
      {"1 mailbox-disabled", "9", "none"},
      {"1 mailbox-disabled, 2 mailbox-disabled", "9",
       "active mailbox-disabled 2-182"},
      {"1 no-such-domain, 2 no-such-domain", "9", "none"},
      {"1 no-such-domain, 2 no-such-domain, 3 no-such-domain", "9",
       "active no-such-domain 3-183"},
      {kFullFortnight, "20", "active mailbox-full 15-105"},
      {"1 spam-rejected, 2 spam-rejected soft, 3 spam-rejected hard", "9",
       "none"},
  });
}

TEST(DecideTest, OneFailureADayCounts) {
  Check({
      {"1:1 mailbox-disabled, 1:23 mailbox-disabled", "9", "none"},
      {"1:23 mailbox-disabled, 2:0 mailbox-disabled", "9", "none"},
      {"1:23 mailbox-disabled, 2:0 mailbox-disabled, 2:11 mailbox-disabled",
       "9", "active mailbox-disabled 2:11-182:11"},
      {"1:23 no-such-domain, 2 no-such-domain, 3:0 no-such-domain", "9",
       "active no-such-domain 3:0-183:0"},
      {"1 mailbox-full, 4 mailbox-full, 8 mailbox-full, 15:1 mailbox-full, "
       "15:13 mailbox-full",
       "20", "none"},
  });
}

TEST(DecideTest, SoftReasonsAddUpAndTheLastOnesRuleDecides) {
  Check({
      {"1 mailbox-full, 4 system-error, 8 expired, 12 relay-denied, "
       "15 smtputf8-unsupported soft",
       "20", "active smtputf8-unsupported 15-45"},
      {"1 expired, 4 expired, 8 system-full, 12 expired, 15 mailbox-full", "20",
       "active mailbox-full 15-105"},
      // Not a fortnight, then one.
      {"1 expired, 2 expired, 3 expired, 4 expired, 14 expired", "20", "none"},
      {"1 expired, 2 expired, 3 expired, 4 expired, 14 expired, 15 expired",
       "20", "active expired 15-45"},
      // Hard reasons add up for themselves.
      {"1 mailbox-disabled, 2 no-such-domain, 3 no-such-domain, 4 expired",
       "20", "none"},
  });
}

TEST(DecideTest, FailuresThatLieFarApartDoNotAddUp) {
  Check({
      {"1 mailbox-disabled, 181 mailbox-disabled", "200",
       "active mailbox-disabled 181-361"},
      {"1 mailbox-disabled, 182 mailbox-disabled", "200", "none"},
      {"1 mailbox-full, 45 mailbox-full, 90 mailbox-full, 150 mailbox-full, "
       "195 mailbox-full",
       "200", "active mailbox-full 195-285"},
      {"1 mailbox-full, 45 mailbox-full, 90 mailbox-full, 150 mailbox-full, "
       "196 mailbox-full",
       "200", "none"},
  });
}

TEST(DecideTest, BlockNeverCounts) {
  Check({
      {"1 relay-denied block, 4 relay-denied block, 8 relay-denied block, "
       "12 relay-denied block, 15 relay-denied block",
       "20", "none"},
      {"1 smtputf8-unsupported, 4 smtputf8-unsupported, "
       "8 smtputf8-unsupported, 12 smtputf8-unsupported, "
       "15 smtputf8-unsupported",
       "20", "none"},
  });
}

TEST(DecideTest, AHardReasonInAReplyForNowCountsAsASoftOne) {
  constexpr const char* kStory =
      "1 no-such-user soft, 4 no-such-user soft, 8 expired, "
      "12 no-such-domain soft, 15 no-such-user soft";
  Check({{"1 no-such-user soft", "9", "none"},
         {kStory, "20", "active no-such-user 15-45"}});
  Check({{kStory, "20", "none"}}, WithRule(Reason::kExpired, "never"));
  Check({{kStory, "20", "none"}}, WithRule(Reason::kNoSuchUser, "never"));
  Check(
      {{"1 no-such-user soft in=news", "9", "news: active no-such-user 1-"}},
      [] {
        ListPolicy policy = WithRule(Reason::kExpired, "after 1");
        policy.reasons[static_cast<std::size_t>(Reason::kNoSuchUser)].in_scope =
            true;
        return policy;
      }());
}

TEST(DecideTest, WhatIsNotAlwaysMeantWantsASecondDay) {
  Check({
      {"1 no-such-user second-day", "9", "none"},
      {"1:2 no-such-user second-day, 1:9 no-such-user second-day", "9", "none"},
      {"1 no-such-user second-day, 2 no-such-user second-day", "9",
       "active no-such-user 2-367"},
      {"1 no-such-user second-day, 1:18 no-such-user", "9",
       "active no-such-user 1:18-366:18"},
      // On probation as well.
      {"1 domain-accepts-no-mail, 200 no-such-user second-day", "201",
       "expired domain-accepts-no-mail 1-181"},
  });
}

TEST(DecideTest, APolicyOfNeverIsNever) {
  Check({{"1 no-such-user, 2 no-such-user", "9", "none"}},
        WithRule(Reason::kNoSuchUser, "never"));
  Check({{kFullFortnight, "20", "none"}},
        WithRule(Reason::kMailboxFull, "never"));
  // Of another reason, none adds up either.
  Check({{"1 mailbox-full, 4 mailbox-full, 8 mailbox-full, 12 mailbox-full, "
          "15 expired",
          "20", "none"}},
        WithRule(Reason::kMailboxFull, "never"));
}

TEST(DecideTest, AFailureInAScopeStopsOnlyThatScopesMail) {
  Check({
      {"1 complaint", "9", "none"},
      {"1 complaint in=news, 2 complaint in=shop", "9",
       "news: active complaint 1-; shop: active complaint 2-"},
      {"1 no-such-user in=news, 2 complaint in=news", "9",
       "active no-such-user 1-366; news: active complaint 2-"},
      {"1 recipient-refused in=a, 4 recipient-refused in=a, "
       "8 recipient-refused in=a, 12 recipient-refused in=a, "
       "15 recipient-refused in=a",
       "20", "a: active recipient-refused 15-105"},
      {"1 recipient-refused in=a, 4 recipient-refused in=b, "
       "8 recipient-refused in=a, 12 recipient-refused in=a, "
       "15 recipient-refused in=a",
       "20", "none"},
      {"1 recipient-refused, 4 recipient-refused, 8 recipient-refused, "
       "12 recipient-refused, 15 recipient-refused",
       "20", "none"},
      // Nor do they add to the score for all mail.
      {"1 recipient-refused in=a, 4 mailbox-full, 8 mailbox-full, "
       "12 mailbox-full, 15 mailbox-full",
       "20", "none"},
  });
}

TEST(DecideTest, NamesTheEventOrTheActionThatDecided) {
  const Story failed("1 mailbox-disabled, 2 mailbox-disabled, 3 no-such-user");
  const auto by_event = Decide(failed.history(), DefaultPolicy(), TimeOf("9"));
  ASSERT_EQ(by_event.size(), 1u);
  EXPECT_EQ(by_event[0].because, EventId{2});
  EXPECT_EQ(by_event[0].by, std::nullopt);

  const Story ordered("1 no-such-user, 2 suppress");
  const auto by_action =
      Decide(ordered.history(), DefaultPolicy(), TimeOf("9"));
  ASSERT_EQ(by_action.size(), 1u);
  EXPECT_EQ(by_action[0].because, std::nullopt);
  EXPECT_EQ(by_action[0].by, ActionId{2});
}

TEST(DecideTest, DecisiveIsWhatMayCountOrContradictsADelivery) {
  const struct {
    const char* story;
    bool want;
  } kCases[] = {
      {"1 no-such-user", true},        {"1 no-such-user soft", true},
      {"1 no-such-user block", false}, {"1 no-such-user delayed", false},
      {"1 no-such-user void", false},  {"1 no-such-user unproven", false},
      {"1 no-such-user held", true},   {"1 mailbox-full", true},
      {"1 complaint delayed", true},   {"1 already-suppressed", false},
      {"1 spam-rejected", false},      {"1 unknown", true},
      {"1 unknown delayed", false},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.story);
    EXPECT_EQ(IsDecisive(Story(row.story).events.at(0)), row.want);
  }
}

}  // namespace
}  // namespace postbounce
