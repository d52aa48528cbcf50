#include "classifier/rule_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace postbounce {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string RuleText(std::string_view name, std::string_view match,
                     std::string_view reason, std::string_view more = "") {
  return "[[rule]]\nname = \"" + std::string(name) + "\"\nmatch = '" +
         std::string(match) + "'\nreason = \"" + std::string(reason) +
         "\"\nexamples = [\"example\"]\n" + std::string(more) + "\n";
}

RuleSet Compile(const std::vector<RuleFile>& files) {
  return RuleSet::Compile(files).value();
}

RuleMatch MatchOf(const RuleSet& rules, std::string_view diagnostic,
                  std::string_view remote_mta = "") {
  Evidence evidence;
  evidence.diagnostic = diagnostic;
  evidence.remote_mta = remote_mta;
  return rules.Match(evidence).value_or(RuleMatch{});
}

TEST(RuleSetTest, TheEarlierRuleOfAFileWins) {
  const RuleSet rules =
      Compile({{"a", RuleText("one", "mail", "expired") +
                         RuleText("two", "mailbox", "mailbox-full")}});
  EXPECT_EQ(MatchOf(rules, "mailbox").name, "one");
  EXPECT_EQ(rules.size(), 2u);
}

TEST(RuleSetTest, AShippedRuleThatCondemnsYieldsToBlameOfAnother) {
  const std::string hard = RuleText("hard", "zzqq", "no-such-user");
  const std::string block = RuleText("block", "zzqq", "ip-blocked");
  Evidence evidence;
  evidence.diagnostic = "550 zzqq";
  const auto winner = [&](bool is_shipped) {
    const RuleFile files[] = {{"a", block, true}, {"b", hard, is_shipped}};
    return std::string(RuleSet::Compile(files)->Match(evidence)->name);
  };
  EXPECT_EQ(winner(true), "block");
  EXPECT_EQ(winner(false), "hard");
}

TEST(RuleSetTest, TheLaterFileWins) {
  const RuleSet rules =
      Compile({{"a", RuleText("one", "mail", "mailbox-full")},
               {"b", RuleText("two", "mailbox", "mailbox-disabled")}});
  EXPECT_EQ(MatchOf(rules, "mailbox").name, "two");
  EXPECT_EQ(MatchOf(rules, "mail").name, "one");
}

TEST(RuleSetTest, ARuleReplacesTheOneOfItsNameInAnEarlierFile) {
  const RuleSet rules =
      Compile({{"a", RuleText("one", "mail", "mailbox-full")},
               {"b", RuleText("one", "letter", "mailbox-disabled")}});
  EXPECT_EQ(rules.size(), 1u);
  EXPECT_EQ(MatchOf(rules, "mail").name, "");
  EXPECT_EQ(MatchOf(rules, "letter").reason, Reason::kMailboxDisabled);
}

TEST(RuleSetTest, WeakRulesComeBehindAllOthers) {
  const RuleSet rules =
      Compile({{"a", RuleText("strong", "mail", "mailbox-full")},
               {"b", RuleText("weak", "mail", "expired", "weak = true")}});
  EXPECT_EQ(MatchOf(rules, "mail").name, "strong");
  EXPECT_FALSE(MatchOf(rules, "mail").weak);
}

TEST(RuleSetTest, CaseAndWhiteSpaceDoNotMatter) {
  const RuleSet rules = Compile(
      {{"a", RuleText("full", "boîte pleine|is full", "mailbox-full")}});
  EXPECT_EQ(MatchOf(rules, "Mailbox\r\n\tIS   Full.").words, "IS   Full");
  EXPECT_EQ(MatchOf(rules, "BOÎTE PLEINE").name, "full");
  EXPECT_EQ(MatchOf(rules, "bo\xEEte pleine").name, "full");
  EXPECT_EQ(MatchOf(rules, "550-5.2.2 it is\n550 5.2.2 full").words,
            "is\n550 5.2.2 full");
}

// Nothing that such a rule needs can be looked for beforehand.
TEST(RuleSetTest, ARuleNeedNotHaveAWord) {
  const RuleSet rules =
      Compile({{"a", RuleText("code", "\\b5\\.[0-9]\\.[0-9]", "expired") +
                         RuleText("short", "\\bno\\b", "greylisted") +
                         RuleText("accent", "É", "rate-limited")}});
  EXPECT_EQ(MatchOf(rules, "x 5.7.9").name, "code");
  EXPECT_EQ(MatchOf(rules, "NO").name, "short");
  EXPECT_EQ(MatchOf(rules, "é").name, "accent");
  EXPECT_EQ(MatchOf(rules, "none").name, "");
}

TEST(RuleSetTest, RemoteMustBeWhoSaidIt) {
  const RuleSet rules =
      Compile({{"a", RuleText("ours", "no", "expired",
                              "remote = '(^|\\.)example\\.com$'\n"
                              "remote_example = \"mx.example.com\"")}});
  EXPECT_EQ(MatchOf(rules, "no").name, "");
  EXPECT_EQ(MatchOf(rules, "no", "mx.example.org").name, "");
  EXPECT_EQ(MatchOf(rules, "no", "mx.EXAMPLE.com").name, "ours");
  Evidence evidence;
  evidence.diagnostic = "no";
  evidence.reporting_mta = "example.com";
  EXPECT_TRUE(rules.Match(evidence).has_value());
}

TEST(RuleSetTest, AMemoGivesWhatMatchingAnewGives) {
  const RuleSet rules =
      Compile({{"a", RuleText("at-a", "no .*user", "mailbox-disabled",
                              "remote = 'a'\nremote_example = 'a'") +
                         RuleText("user", "no .*user", "no-such-user") +
                         RuleText("expired", "gave up", "expired")}});
  struct Case {
    std::string_view diagnostic, remote_mta, name, words;
  };
  constexpr Case kCases[] = {
      {"no <joe@example.org> user", "b", "user", "no <joe@example.org> user"},
      {"no <j@example.net> user", "b", "user", "no <j@example.net> user"},
      {"no <j@example.net> user", "a", "at-a", "no <j@example.net> user"},
      {"no <j@example.net> user; gave up", "b", "user",
       "no <j@example.net> user"},
      {"it works", "b", "", ""},
      {"it works", "b", "", ""},
      {"no user", "b", "user", "no user"},
  };
  for (const std::size_t size : {1, 2, 100}) {
    MatchMemo memo(size);
    for (std::size_t i = 0; i < 2 * std::size(kCases); ++i) {
      const Case& c = kCases[i % std::size(kCases)];
      SCOPED_TRACE(std::string(c.diagnostic) + " by " +
                   std::string(c.remote_mta) + ", " + std::to_string(size));
      Evidence evidence;
      evidence.diagnostic = c.diagnostic;
      evidence.remote_mta = c.remote_mta;
      const RuleMatch match =
          rules.Match(evidence, &memo).value_or(RuleMatch{});
      EXPECT_EQ(match.name, c.name);
      EXPECT_EQ(match.words, c.words);
      EXPECT_EQ(match.temporary, c.diagnostic.ends_with("gave up"));
    }
  }
}

TEST(RuleSetTest, AnExpiryPhraseMakesAnyMatchTemporary) {
  const RuleSet rules =
      Compile({{"a", RuleText("unknown", "user unknown", "no-such-user") +
                         RuleText("late", "message expired", "expired") +
                         RuleText("slow", "too fast", "rate-limited",
                                  "permanence = \"temporary\"")}});
  EXPECT_FALSE(MatchOf(rules, "user unknown").temporary);
  EXPECT_TRUE(MatchOf(rules, "message expired: user unknown").temporary);
  EXPECT_EQ(MatchOf(rules, "message expired: user unknown").name, "unknown");
  EXPECT_TRUE(MatchOf(rules, "too fast").temporary);
}

TEST(RuleSetTest, RelayDeniedMayStateWhoseFaultItIs) {
  const RuleSet rules =
      Compile({{"a", RuleText("login", "log in", "relay-denied",
                              "fault = \"sender\"")}});
  EXPECT_EQ(MatchOf(rules, "log in first").fault, Fault::kSender);
}

TEST(RuleSetTest, ErrorsNameFileAndLine) {
  const std::string good = RuleText("good", "x", "expired");  // lines 1 to 6
  const struct {
    std::string text;
    std::string_view where;
    std::string_view what;
  } cases[] = {
      {good + "[[rule]\n", "r.toml:7: ", ""},
      {good + "name = ", "r.toml:7: ", ""},
      {"x = 1\n", "r.toml:1: ", "unknown key"},
      {"rule = 1\n", "r.toml:1: ", "[[rule]]"},
      {"rule = [1]\n", "r.toml:1: ", "[[rule]]"},
      {good + RuleText("good", "y", "expired"), "r.toml:7: ", "second rule"},
      {good + RuleText("n", "(", "expired"), "r.toml:9: ", "bad expression"},
      {good + RuleText("n", "x*", "expired"), "r.toml:9: ", "any text"},
      {good + RuleText("n", std::string(2001, 'x'), "expired"),
       "r.toml:9: ", "too long"},
      {good + RuleText("n", "(?=x)", "expired"), "r.toml:9: ", "bad expr"},
      {good + RuleText("n", "x", "no-such-reason"),
       "r.toml:10: ", "unknown reason"},
      {good + RuleText("n", "x", "expired", "colour = 1"),
       "r.toml:12: ", "unknown key"},
      {good + RuleText("N", "x", "expired"), "r.toml:7: ", "a name is"},
      {good + RuleText("", "x", "expired"), "r.toml:7: ", "a name is"},
      {good + RuleText("none", "x", "expired"), "r.toml:7: ", "reserved"},
      {good + RuleText("n", "x", "expired", "second_day = 1"),
       "r.toml:12: ", "boolean"},
      {good + RuleText("n", "x", "expired", "permanence = \"permanent\""),
       "r.toml:12: ", "temporary"},
      {good + RuleText("n", "x", "expired", "weak = 1"),
       "r.toml:12: ", "boolean"},
      {good + RuleText("n", "x", "expired", "fault = \"sender\""),
       "r.toml:12: ", "relay-denied"},
      {good + RuleText("n", "x", "relay-denied", "fault = \"message\""),
       "r.toml:12: ", "\"sender\" or \"domain\""},
      {good + RuleText("n", "x", "expired", "remote = 'x$'"),
       "r.toml:7: ", "missing key"},
      {good + RuleText("n", "x", "expired",
                       "remote = 'x$'\nremote_example = \"y\""),
       "r.toml:13: ", "does not fit"},
      {good + RuleText("n", "x", "expired", "remote_example = \"y\""),
       "r.toml:12: ", "without remote"},
      {"[[rule]]\nname = \"n\"\nmatch = 'x'\nreason = \"expired\"\n",
       "r.toml:1: ", "examples"},
      {"[[rule]]\nname = \"n\"\nmatch = 'x'\nreason = \"expired\"\n"
       "examples = []\n",
       "r.toml:5: ", "examples"},
      {"[[rule]]\nname = \"n\"\nmatch = 'x'\nreason = \"expired\"\n"
       "examples = [\"a\",\n 1]\n",
       "r.toml:6: ", "string"},
      {"[[rule]]\nname = 1\n", "r.toml:2: ", "not a string"},
      {"[[rule]]\nname = \"n\"\nreason = \"expired\"\n",
       "r.toml:1: ", "missing key"},
      {std::string(2u << 20, '\n'), "r.toml: ", "too large"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text.substr(0, 400));
    const RuleFile file{"r.toml", c.text};
    const auto rules = RuleSet::Compile({&file, 1});
    ASSERT_FALSE(rules.has_value());
    EXPECT_THAT(rules.error().text(), StartsWith(std::string(c.where)));
    EXPECT_THAT(rules.error().text(), HasSubstr(std::string(c.what)));
  }
}

TEST(RuleSetTest, FailingExamplesNameTheRuleThatWonInstead) {
  const RuleSet rules =
      Compile({{"a", RuleText("one", "exam", "expired") +
                         RuleText("two", "example", "expired")}});
  const std::vector<std::string> failures = rules.FailingExamples();
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0], "a:7: two: an example gives one: example");
  EXPECT_EQ(
      Compile({{"a", RuleText("one", "zzqq", "expired")}}).FailingExamples(),
      std::vector<std::string>{"a:1: one: an example gives no rule: example"});
}

TEST(RuleSetTest, TheHashChangesWithTheText) {
  const RuleSet one = Compile({{"a", RuleText("one", "x", "expired")}});
  const RuleSet two = Compile({{"b", RuleText("one", "x", "expired")}});
  const RuleSet three = Compile({{"a", RuleText("one", "y", "expired")}});
  EXPECT_EQ(one.hash().size(), 64u);
  EXPECT_EQ(one.hash(), two.hash());
  EXPECT_NE(one.hash(), three.hash());
}

TEST(RuleSetTest, TheWorkedExampleOfTheManPageHolds) {
  std::ifstream file(std::string(TEST_DATA_DIR) +
                     "/../../man/postbounce-rules.5");
  std::ostringstream page;
  page << file.rdbuf();
  std::string text = page.str();
  const std::size_t begin = text.find("[[rule]]\nname");
  ASSERT_NE(begin, text.npos);
  text = text.substr(begin, text.find(".Ed", begin) - begin);
  // mdoc writes a backslash as "\e".
  for (std::size_t at = 0; (at = text.find("\\e", at)) != text.npos; ++at) {
    text.erase(at + 1, 1);
  }
  const RuleSet rules = Compile({{"man page", text}});
  EXPECT_EQ(rules.size(), 1u);
  EXPECT_TRUE(rules.FailingExamples().empty());
}

TEST(RuleSetTest, NoRulesMatchNothing) {
  const RuleSet rules = Compile({});
  EXPECT_EQ(rules.size(), 0u);
  EXPECT_EQ(MatchOf(rules, "550 5.1.1 user unknown").name, "");
}

}  // namespace
}  // namespace postbounce
