#include "classifier/folded_text.h"

#include <gtest/gtest.h>

#include <string>

#include "mime/text/text.h"

namespace postbounce {
namespace {

std::string Fold(std::string_view text) {
  return std::string(FoldedText(text).text());
}

TEST(FoldedTextTest, ShowsTheRulesOneLineWithoutRepeatedCodes) {
  const struct {
    std::string_view text;
    std::string_view want;
  } cases[] = {
      {"", ""},
      {"  a \t\r\n b\x01"
       "c ",
       "a b c"},
      {"550-5.1.1 The account\r\n550-5.1.1 does\r\n550 5.1.1 not exist",
       "550 5.1.1 The account does not exist"},
      {"550-5.1.1 The 550-5.1.1 account 550 5.1.1 is gone",
       "550 5.1.1 The account is gone"},
      {"553-you are [x 553-.com] 553-here", "553 you are [x .com] here"},
      {"550-a 550-b 550 c", "550 a b c"},
      {"450-4.2.0 a 550-5.1.1 b", "450 4.2.0 a 550 5.1.1 b"},
      {"call 555-1234", "call 555 1234"},
      {"550 a 550 b", "550 a 550 b"},
      {"550-", "550"},
      {"550-5.1.1 a 550", "550 5.1.1 a"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(Fold(c.text), c.want);
  }
}

TEST(FoldedTextTest, HidesAddressesSinceTheirWordsAreNotTheServers) {
  const struct {
    std::string_view text;
    std::string_view want;
  } cases[] = {
      {"550 <spam@example.com>: no", "550 <@>: no"},
      {"550 spam@example.com... no", "550 @... no"},
      {"550 (virus@example.com) no", "550 (@) no"},
      {"<\"user unknown\"@example.com> ok", "<@> ok"},
      {"RCPT TO:user@example.com: no", "RCPT TO:@: no"},
      {"RCPT TO:<user@example.com> no", "RCPT TO:<@> no"},
      {"see http://example.com/?a@b ok", "see http://example.com/?a@b ok"},
      {"送信先 a@例え.jp、宛先不明", "送信先 @、宛先不明"},
      {"a@b.example，找不到", "@，找不到"},
      {"a @ b", "a @ b"},
      {"@", "@"},
      {"a@", "@"},
      {"host spam.example.com[192.0.2.1] said: 550 no", "host said: 550 no"},
      {"host is down", "host is down"},
      {"5.1.0 - Unknown address error 550-'5.7.1 denied'",
       "550 '5.7.1 denied'"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(Fold(c.text), c.want);
  }
}

TEST(FoldedTextTest, ReadsBytesThatAreNotUtf8AsLatin1) {
  EXPECT_EQ(Fold("bo\xEEte pleine"), "bo\xC3\xAEte pleine");
  EXPECT_EQ(Fold("bo\xC3\xAEte"), "bo\xC3\xAEte");
}

TEST(FoldedTextTest, FindsTheOriginalOfAPart) {
  const std::string text =
      "550-5.1.1 The\r\n550-5.1.1 <user@example.com>\r\n550 5.1.1 is gone";
  const FoldedText folded(text);
  ASSERT_EQ(folded.text(), "550 5.1.1 The <@> is gone");
  EXPECT_EQ(folded.Original(10, 3), "The");
  EXPECT_EQ(folded.Original(14, 3), "<user@example.com>");
  EXPECT_EQ(folded.Original(10, 7), "The\r\n550-5.1.1 <user@example.com>");
  EXPECT_EQ(folded.Original(0, 999), text);
  EXPECT_EQ(folded.Original(999, 1), "");
  EXPECT_EQ(folded.Original(0, 0), "");
}

TEST(FoldedTextTest, StaysWithinItsBounds) {
  EXPECT_EQ(Fold(std::string(1'000'000, 'x')).size(), limits::kRuleText);
  EXPECT_EQ(Fold(std::string(1'000'000, '\xE9')).size(), limits::kRuleText);
  EXPECT_EQ(Fold(std::string(1'000'000, '@')).size(), 600u);
  EXPECT_EQ(Fold(std::string(1'000'000, ' ') + "x"), "");
  std::string quotes;
  while (quotes.size() < 2000) quotes += "\"<";
  EXPECT_EQ(Fold(quotes + "\"a b\"@example.com"), quotes.substr(0, 600));
  EXPECT_EQ(Fold(quotes.substr(0, 1000) + "\"@example.com"), "@");
  std::string codes;
  for (int i = 0; i < 100; ++i) codes += "550-5.1.1 ";
  EXPECT_EQ(Fold(codes), "550 5.1.1");
}

}  // namespace
}  // namespace postbounce
