#include "daemon/guard_policy.h"

#include <gtest/gtest.h>

#include <chrono>

namespace postbounce {
namespace {

TEST(GuardPolicyTest, AnEmptyFileGivesTheDefaults) {
  EXPECT_EQ(GuardPolicyOf(ParseConfig("", "a.toml").value()), GuardPolicy());
}

TEST(GuardPolicyTest, IsWhatTheFileSays) {
  GuardPolicy want;
  want.is_on = false;
  want.failures = 50;
  want.factor = 9;
  want.lookback = std::chrono::hours(4);
  want.hold = std::chrono::hours(36);
  const Config config = ParseConfig(R"(
[guard]
enabled = false
failures = 50
factor = 9
lookback = "4h"
hold = "36h"
alert = "/usr/local/bin/page-me"
)",
                                    "a.toml")
                            .value();
  EXPECT_EQ(GuardPolicyOf(config), want);
  EXPECT_EQ(config.guard_alert, "/usr/local/bin/page-me");
  EXPECT_FALSE(ParseConfig("[guard]\nalert = \"page-me\"\n", "a.toml"));
}

}  // namespace
}  // namespace postbounce
