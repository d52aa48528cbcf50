#include "classifier/rule_check.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace postbounce {
namespace {

// Six lines.
std::string RuleText(std::string_view name, std::string_view match,
                     std::string_view example,
                     std::string_view reason = "mailbox-full") {
  return "[[rule]]\nname = \"" + std::string(name) + "\"\nmatch = '" +
         std::string(match) + "'\nreason = \"" + std::string(reason) +
         "\"\nexamples = [\"" + std::string(example) + "\"]\n\n";
}

// Each problem as one line.
std::vector<std::string> Check(const std::string& text,
                               const std::vector<RuleFile>& shipped = {}) {
  std::vector<std::string> lines;
  for (const RuleProblem& problem : CheckRules(shipped, {"r.toml", text})) {
    lines.push_back(problem.where + ": " +
                    (problem.warning ? "warning: " : "") + problem.text);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST(RuleCheckTest, AGoodFileHasNoProblems) {
  EXPECT_EQ(Check(RuleText("one", "full", "is full") +
                  RuleText("two", "dead", "is dead")),
            Lines());
  EXPECT_EQ(Check(""), Lines());
}

TEST(RuleCheckTest, AllProblemsOfAFileAreFound) {
  const std::string text =
      RuleText("one", "(", "x") + RuleText("two", "full", "is full") +
      "[[rule]]\nname = \"THREE\"\nmatch = 'x'\nreason = \"no-reason\"\n"
      "colour = 1\nexamples = [2]\n\n" +
      RuleText("two", "dead", "is dead") + RuleText("five", "a*", "a");
  EXPECT_EQ(
      Check(text),
      Lines({"r.toml:3: bad expression: missing ): (",
             "r.toml:13: a name is 1 to 64 lower-case letters, digits and "
             "hyphens: \"THREE\"",
             "r.toml:16: unknown reason: \"no-reason\"",
             "r.toml:17: unknown key: \"colour\"",
             "r.toml:18: an example is a string",
             "r.toml:20: a second rule of the name two, as at r.toml:7",
             "r.toml:28: the expression fits any text"}));
}

TEST(RuleCheckTest, BrokenTomlIsOneProblem) {
  ASSERT_EQ(Check("[[rule]\n").size(), 1u);
  EXPECT_TRUE(Check("[[rule]\n")[0].starts_with("r.toml:1: "));
}

TEST(RuleCheckTest, KeysOfManyDotsAreNotFollowed) {
  std::string deep = "a";
  for (int i = 0; i < 100000; ++i) deep += ".a";
  for (const std::string& text : {deep + "=1", "[" + deep + "]"}) {
    const auto problems = CheckRules({}, {"r.toml", "\n" + text});
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_EQ(problems[0].where, "r.toml:2");
  }
}

TEST(RuleCheckTest, ASecondRuleOfAnExpressionIsFound) {
  EXPECT_EQ(Check(RuleText("one", "full", "is full") +
                  RuleText("two", "full", "is full")),
            Lines({"r.toml:9: the same expression as rule one at r.toml:1"}));
}

TEST(RuleCheckTest, ARuleThatIsNeverReachedIsFound) {
  EXPECT_EQ(Check(RuleText("one", "mail", "no mail") +
                  RuleText("two", "mailbox", "mailbox")),
            Lines({"r.toml:7: rule two is never reached: rule one at r.toml:1 "
                   "decides all its examples"}));
}

TEST(RuleCheckTest, AnExampleThatFailsIsFound) {
  EXPECT_EQ(Check(RuleText("one", "mail", "letter")),
            Lines({"r.toml:5: no rule decides this example of one: "
                   "\"letter\""}));
  EXPECT_EQ(Check(RuleText("one", "mail", "mail") +
                  RuleText("two", "box", "box\",\n\"mail box")),
            Lines({"r.toml:12: rule one at r.toml:1 decides this example of "
                   "two: \"mail box\""}));
}

TEST(RuleCheckTest, AShippedRuleThatIsHiddenIsAWarning) {
  const std::vector<RuleFile> shipped = {
      {"s.toml", RuleText("old", "mailbox is dead", "mailbox is dead",
                          "mailbox-disabled")}};
  EXPECT_EQ(Check(RuleText("one", "mailbox", "mailbox"), shipped),
            Lines({"r.toml:1: warning: one hides rule old at "
                   "s.toml:1, which gives mailbox-disabled"}));
  // By its name it is replaced, and with the same reason nothing changes.
  EXPECT_EQ(Check(RuleText("old", "mailbox", "mailbox"), shipped), Lines());
  EXPECT_EQ(
      Check(RuleText("one", "mailbox", "mailbox", "mailbox-disabled"), shipped),
      Lines());
}

TEST(RuleCheckTest, ShippedRulesHaveNoProblems) {
  for (const RuleFile& file : RuleSet::Shipped()) {
    SCOPED_TRACE(file.name);
    for (const RuleProblem& problem : CheckRules({}, file)) {
      ADD_FAILURE() << problem.where << ": " << problem.text;
    }
  }
}

}  // namespace
}  // namespace postbounce
