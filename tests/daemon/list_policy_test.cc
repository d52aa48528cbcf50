#include "daemon/list_policy.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace postbounce {
namespace {

using std::chrono::days;

TEST(ListPolicyTest, EachReasonThatMaySuppressHasAParameterAndNoOther) {
  std::map<std::string, int> rows;
  for (const Parameter& parameter : AllParameters()) {
    if (parameter.type == ParameterType::kReasonPolicy)
      ++rows[std::string(parameter.name)];
  }
  for (const ReasonInfo& info : AllReasons()) {
    SCOPED_TRACE(info.name);
    EXPECT_EQ(rows["policy." + std::string(info.name)],
              MaySuppress(info.reason) ? 1 : 0);
  }
  EXPECT_EQ(rows.size(), AllReasons().size());
}

TEST(ListPolicyTest, TheDefaultsAreACarefulPostmasters) {
  const ListPolicy policy = ListPolicyOf(ParseConfig("", "a").value());
  for (const ReasonInfo& info : AllReasons()) {
    SCOPED_TRACE(info.name);
    const ReasonPolicy& rule = policy.For(info.reason);
    EXPECT_EQ(rule.failures > 0, MaySuppress(info.reason));
    if (!MaySuppress(info.reason)) continue;
    const bool soft = info.reason_class != ReasonClass::kHard &&
                      info.reason != Reason::kComplaint;
    EXPECT_EQ(rule.failures >= 5 && rule.over >= days(14), soft);
    EXPECT_EQ(rule.in_scope, info.reason == Reason::kComplaint ||
                                 info.reason == Reason::kRecipientRefused);
  }
  EXPECT_EQ(policy.For(Reason::kMailboxDisabled).failures, 2u);
  EXPECT_EQ(policy.For(Reason::kNoSuchDomain).failures, 3u);
  EXPECT_EQ(policy.domain_recipients, 3u);
  EXPECT_EQ(policy.domain_days, 3u);
  EXPECT_EQ(policy.domain_lasts, days(90));
  EXPECT_EQ(policy.success_settle, days(5));
  EXPECT_FALSE(policy.success_releases);
}

TEST(ListPolicyTest, TheFileDecides) {
  const ListPolicy policy = ListPolicyOf(ParseConfig(R"(
[policy]
no-such-user = "after 2 for 7d"
mailbox-full = "never"
domain_recipients = 0
domain_days = 2
domain_lasts = "1d"
success_settle = "12h"
on_success = "release"
)",
                                                     "a")
                                             .value());
  EXPECT_EQ(policy.For(Reason::kNoSuchUser).ToString(), "after 2 for 7d");
  EXPECT_EQ(policy.For(Reason::kMailboxFull).ToString(), "never");
  EXPECT_EQ(policy.domain_recipients, 0u);
  EXPECT_EQ(policy.domain_days, 2u);
  EXPECT_EQ(policy.domain_lasts, days(1));
  EXPECT_EQ(policy.success_settle, std::chrono::hours(12));
  EXPECT_TRUE(policy.success_releases);
}

}  // namespace
}  // namespace postbounce
