#include "classifier/enhanced_status.h"

#include <gtest/gtest.h>

#include <string>

namespace postbounce {
namespace {

TEST(EnhancedStatusTest, ReadsACodeAndPrintsIt) {
  for (std::string_view text : {"5.1.1", "2.0.0", "4.7.650", "5.999.999"}) {
    SCOPED_TRACE(text);
    const auto status = EnhancedStatus::Parse(text);
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->ToString(), text);
  }
  EXPECT_EQ(EnhancedStatus::Parse("5.1.1 User unknown")->ToString(), "5.1.1");
}

TEST(EnhancedStatusTest, RejectsWhatRfc3463DoesNotAllow) {
  for (std::string_view text :
       {"", "5", "5.1", "5.1.", "3.1.1", "05.1.1", "5.01.1", "5.1.01",
        "5.1.1.2", "5.1.1:", " 5.1.1", "5.1.1000", "5.1000.1", "5.1.x"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(EnhancedStatus::Parse(text).has_value());
  }
}

TEST(EnhancedStatusTest, ReadsStatusFieldsAsMtasWriteThem) {
  for (std::string_view text : {"5.1.1", " 5.1.1 ", "5.1.1 (bad mailbox)",
                                "5.1.1(bad)", "5.1.1:", "5.1.1;", "5.1.1."}) {
    SCOPED_TRACE(text);
    const auto status = EnhancedStatus::FromField(text);
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->ToString(), "5.1.1");
  }
  for (std::string_view text : {"", "unknown", "5.1.1.2", "5.1", "x 5.1.1"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(EnhancedStatus::FromField(text).has_value());
  }
}

TEST(EnhancedStatusTest, FindsTheFirstCodeThatStandsAsAWord) {
  const struct {
    std::string_view text;
    std::string_view want;
  } cases[] = {
      {"550-5.1.1 The email account", "5.1.1"},
      {"550 5.1.1:user", "5.1.1"},
      {"sorry, no mailbox here (#5.1.1)", "5.1.1"},
      {"refused (5.7.26).", "5.7.26"},
      {"host said: 5.7.1, go away", "5.7.1"},
      {"it was 4.2.2.", "4.2.2"},
      {"from 5.1.1.9 it came: 5.7.1 no", "5.7.1"},
      {"550-'5.7.1 denied'", "5.7.1"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    const auto status = EnhancedStatus::Find(c.text);
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->ToString(), c.want);
  }
}

TEST(EnhancedStatusTest, FindsNoCodeInAddressesVersionsAndDates) {
  for (std::string_view text :
       {"", "no code", "[4.4.4.4]", "4.4.4.4", "14.4.4", "4.4.4a",
        "Exim 4.94.2", "mta/4.1.2", "Server-5.1.1", "v5.1.1", "version 5.1.1",
        "Version: 5.1.1", "5.12.2026", "on 5.1.2026", "3.1.1", "5.1.1-rc1"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(EnhancedStatus::Find(text).has_value());
  }
}

TEST(EnhancedStatusTest, FindsOneCodeAfterTheOther) {
  std::string_view rest = "554 4.4.7 expired <421 4.4.2 timed out>";
  EXPECT_EQ(EnhancedStatus::FindNext(&rest)->ToString(), "4.4.7");
  EXPECT_EQ(EnhancedStatus::FindNext(&rest)->ToString(), "4.4.2");
  EXPECT_FALSE(EnhancedStatus::FindNext(&rest).has_value());
  EXPECT_TRUE(rest.empty());
}

TEST(EnhancedStatusTest, KnowsItsClassAndWhetherItSaysAnything) {
  EXPECT_TRUE(EnhancedStatus::Parse("5.0.0")->is_bare());
  EXPECT_FALSE(EnhancedStatus::Parse("5.0.1")->is_bare());
  EXPECT_TRUE(EnhancedStatus::Parse("5.0.0")->is_permanent());
  EXPECT_FALSE(EnhancedStatus::Parse("4.0.0")->is_permanent());
  EXPECT_LT(*EnhancedStatus::Parse("4.9.9"), *EnhancedStatus::Parse("5.0.0"));
}

TEST(EnhancedStatusTest, SearchesAMegabyteOfDotsInLinearTime) {
  std::string dots;
  for (int i = 0; i < 200'000; ++i) dots += "5.1.1.";
  EXPECT_FALSE(EnhancedStatus::Find(dots + "x").has_value());
}

}  // namespace
}  // namespace postbounce
