#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "classifier/rule_set.h"

namespace postbounce {
namespace {

TEST(ShippedRulesTest, TheyCompile) {
  const auto rules = RuleSet::Compile(RuleSet::Shipped());
  ASSERT_TRUE(rules.has_value()) << rules.error().ToString();
  EXPECT_GT(rules->size(), 100u);
}

TEST(ShippedRulesTest, EachExampleIsDecidedByItsOwnRule) {
  const RuleSet rules = RuleSet::Compile(RuleSet::Shipped()).value();
  for (const std::string& failure : rules.FailingExamples()) {
    ADD_FAILURE() << failure;
  }
}

// ".{0,40}" remembers each of 40 places where it may have begun, and so a
// hostile text makes a new state of the automaton for each byte.
TEST(ShippedRulesTest, NoGenericRuleCountsBytes) {
  const std::string& text = RuleSet::Shipped().front().text;
  EXPECT_EQ(text.find(".{0,"), text.npos);
}

TEST(ShippedRulesTest, TheProgramHoldsTheFilesOfTheSourceTree) {
  for (const RuleFile& file : RuleSet::Shipped()) {
    SCOPED_TRACE(file.name);
    std::ifstream stream(std::string(TEST_DATA_DIR) + "/../../conf/rules/" +
                         file.name);
    std::ostringstream text;
    text << stream.rdbuf();
    EXPECT_EQ(file.text, text.str());
  }
}

TEST(ShippedRulesTest, TheProvidersWin) {
  ASSERT_EQ(RuleSet::Shipped().size(), 4u);
  EXPECT_EQ(RuleSet::Shipped().front().name, "generic.toml");
  EXPECT_EQ(RuleSet::Shipped().back().name, "providers.toml");
}

}  // namespace
}  // namespace postbounce
