// When a whole domain is suppressed, and until when.
#include <gtest/gtest.h>

#include <string>

#include "store/decide.h"
#include "tests/store/story.h"

namespace postbounce {
namespace {

std::string Decided(const Story& story, const ListPolicy& policy,
                    Timestamp now) {
  const auto decision = DecideDomain(story.failures(), story.deliveries,
                                     story.actions, policy, now);
  if (!decision) return "none";
  return Show({*decision});
}

void CheckDomain(std::initializer_list<StoryCase> cases,
                 const ListPolicy& policy = DefaultPolicy()) {
  for (const StoryCase& row : cases) {
    SCOPED_TRACE(std::string(row.story) + " now " + row.now);
    EXPECT_EQ(Decided(Story(row.story), policy, TimeOf(row.now)), row.want);
  }
}

constexpr const char* kDead =
    "1 no-such-domain at=1, 2 domain-accepts-no-mail at=2, "
    "3 no-such-domain at=3, ";

TEST(DecideDomainTest, TakesSoManyAddressesOnSoManyDays) {
  CheckDomain({
      {"", "9", "none"},
      {kDead, "9", "active no-such-domain 3-93"},
      {kDead, "93", "expired no-such-domain 3-93"},
      {kDead, "2", "none"},
      {"1 no-such-domain at=1, 2 no-such-domain at=1, 3 no-such-domain at=2",
       "9", "none"},
      {"1 no-such-domain at=1, 2 no-such-domain at=2, 2 no-such-domain at=3",
       "9", "none"},
      {"1 no-such-domain at=1, 1 no-such-domain at=2, 2 no-such-domain at=3, "
       "5 no-such-domain at=3",
       "9", "active no-such-domain 5-95"},
  });
}

TEST(DecideDomainTest, OnlyWhatSpeaksAgainstTheDomainForGoodCounts) {
  CheckDomain({
      {"1 no-such-user at=1, 2 no-such-user at=2, 3 no-such-user at=3", "9",
       "none"},
      {"1 no-such-domain at=1 soft, 2 no-such-domain at=2 soft, "
       "3 no-such-domain at=3 soft",
       "9", "none"},
      {"1 no-such-domain at=1, 2 no-such-domain at=2, "
       "3 no-such-domain at=3 unproven",
       "9", "none"},
      {"1 no-such-domain at=1, 2 no-such-domain at=2 void, "
       "3 no-such-domain at=3",
       "9", "none"},
  });
}

TEST(DecideDomainTest, FailuresThatLieFarApartDoNotAddUp) {
  CheckDomain({
      {"1 no-such-domain at=1, 2 no-such-domain at=2, 91 no-such-domain at=3",
       "99", "active no-such-domain 91-181"},
      {"1 no-such-domain at=1, 2 no-such-domain at=2, 92 no-such-domain at=3",
       "99", "none"},
      {"1:1 no-such-domain at=1, 1:13 no-such-domain at=1, "
       "2 no-such-domain at=2, 91:6 no-such-domain at=3",
       "99", "active no-such-domain 91:6-181:6"},
      {"1 no-such-domain at=1, 2 no-such-domain at=2, 92 no-such-domain at=3, "
       "92 no-such-domain at=1, 93 no-such-domain at=1",
       "99", "none"},
      {"1 no-such-domain at=1, 2 no-such-domain at=2, 92 no-such-domain at=3, "
       "92 no-such-domain at=1, 93 no-such-domain at=2, 94 no-such-domain at=2",
       "99", "active no-such-domain 94-184"},
  });
}

TEST(DecideDomainTest, ADeliveryToTheDomainClearsAtOnce) {
  CheckDomain({
      {"1 no-such-domain at=1, 2 no-such-domain at=2, 2 delivered, "
       "3 no-such-domain at=3",
       "4", "none"},
      {"1 no-such-domain at=1, 2 no-such-domain at=2, 2 delivered, "
       "3 no-such-domain at=3",
       "99", "none"},
      {"1 no-such-domain at=1 after-acceptance, 2 no-such-domain at=2, "
       "2 delivered, 3 no-such-domain at=3",
       "4", "active no-such-domain 3-93"},
      {(std::string(kDead) + "4 delivered").c_str(), "9",
       "active no-such-domain 3-93 contradicted 4"},
  });
}

TEST(DecideDomainTest, IsOnProbationAfterwards) {
  CheckDomain({
      {(std::string(kDead) + "100 no-such-domain at=1").c_str(), "100",
       "active no-such-domain 100-280"},
      {(std::string(kDead) + "100 delivered, 110 no-such-domain at=1").c_str(),
       "110", "expired no-such-domain 3-93"},
  });
}

TEST(DecideDomainTest, WhatTheGuardDoubtsIsHeld) {
  CheckDomain({
      {"1 no-such-domain at=1, 2 no-such-domain at=2, "
       "3 no-such-domain at=3 held",
       "9", "held no-such-domain 3-93"},
      {"1 no-such-domain at=1 held, 2 no-such-domain at=2 held, "
       "3 no-such-domain at=3 held, 4 delivered",
       "9", "none"},
  });
}

TEST(DecideDomainTest, OrdersForTheDomainCountAsForAnAddress) {
  CheckDomain({
      {"1 suppress", "9", "active unknown 1-"},
      {"1 suppress until=5", "9", "expired unknown 1-5"},
      {"1 suppress in=news", "9", "none"},
      {(std::string(kDead) + "5 remove").c_str(), "9",
       "removed no-such-domain 5-"},
      {(std::string(kDead) + "5 remove").c_str(), "4",
       "active no-such-domain 3-93"},
  });
}

TEST(DecideDomainTest, ThePolicyMaySayNever) {
  ListPolicy policy = DefaultPolicy();
  policy.domain_recipients = 0;
  CheckDomain({{kDead, "9", "none"}, {"1 suppress", "9", "active unknown 1-"}},
              policy);
}

}  // namespace
}  // namespace postbounce
