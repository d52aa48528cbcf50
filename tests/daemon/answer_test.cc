#include "daemon/answer.h"

#include <gtest/gtest.h>

#include <string>

namespace postbounce {
namespace {

constexpr Timestamp kSince{std::chrono::seconds(1'795'220'876)};

AnswerFacts Facts() {
  return {Reason::kNoSuchUser, kSince, 0x0123456789abcdef};
}

TEST(AnswerTest, SaysItInTheWordsOfAccessAndTransport) {
  constexpr const char* kNothing = "";
  const struct {
    const char* form;
    const char* access;
    const char* transport;
  } kCases[] = {
      {"550 5.1.1 gone: ${reason}",
       "550 5.1.1 [postbounce 0123456789abcdef] gone: no-such-user",
       "error:5.1.1 [postbounce 0123456789abcdef] gone: no-such-user"},
      {"550 gone", "550 [postbounce 0123456789abcdef] gone",
       "error:5.7.1 [postbounce 0123456789abcdef] gone"},
      {" reject  since ${since} ",
       "REJECT [postbounce 0123456789abcdef] since 2026-11-21",
       "error:5.7.1 [postbounce 0123456789abcdef] since 2026-11-21"},
      {"REJECT", "REJECT [postbounce 0123456789abcdef]",
       "error:5.7.1 [postbounce 0123456789abcdef]"},
      {"554 no (see [postbounce ${ref}])",
       "554 no (see [postbounce 0123456789abcdef])",
       "error:5.7.1 no (see [postbounce 0123456789abcdef])"},
      {"450 4.2.2 ${ref}",
       "450 4.2.2 [postbounce 0123456789abcdef] 0123456789abcdef",
       "retry:4.2.2 [postbounce 0123456789abcdef] 0123456789abcdef"},
      {"DEFER later", "DEFER [postbounce 0123456789abcdef] later",
       "retry:4.7.1 [postbounce 0123456789abcdef] later"},
      {"DEFER_IF_PERMIT 4.2.1 later",
       "DEFER_IF_PERMIT 4.2.1 [postbounce 0123456789abcdef] later",
       "retry:4.2.1 [postbounce 0123456789abcdef] later"},
      {"DISCARD dead", "DISCARD [postbounce 0123456789abcdef] dead",
       "discard:[postbounce 0123456789abcdef] dead"},
      {"HOLD look", "HOLD [postbounce 0123456789abcdef] look", kNothing},
      {"Warn", "WARN [postbounce 0123456789abcdef]", kNothing},
      {"550 5.7.1 l\xC3\xB6\x73t, $5 {x}",
       "550 5.7.1 [postbounce 0123456789abcdef] l\xC3\xB6\x73t, $5 {x}",
       "error:5.7.1 [postbounce 0123456789abcdef] l\xC3\xB6\x73t, $5 {x}"},
      {"DUNNO", kNothing, kNothing},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.form);
    const auto answer = Answer::Parse(test.form);
    ASSERT_TRUE(answer.has_value()) << answer.error().ToString();
    EXPECT_EQ(answer->ForAccess(Facts()), test.access);
    EXPECT_EQ(answer->ForTransport(Facts()), test.transport);
  }
  EXPECT_EQ(Answer().ForAccess(Facts()), kNothing);
}

TEST(AnswerTest, RefusesWhatPostfixWouldNotUnderstand) {
  const struct {
    std::string form;
    const char* want;
  } kCases[] = {
      {"", "an answer is DUNNO"},
      {"OK", "an answer is DUNNO"},
      {"REDIRECT a@example.org", "an answer is DUNNO"},
      {"DUNNO now", "an answer is DUNNO"},
      {"250 fine", "an answer is DUNNO"},
      {"5500 no", "an answer is DUNNO"},
      {"421 later", "other than 421"},
      {"521 no", "other than 421"},
      {"599 no", "an answer is DUNNO"},
      {"550 4.7.1 no", "begins with 5"},
      {"450 5.7.1 no", "begins with 4"},
      {"REJECT 4.0.0 no", "begins with 5"},
      {"DEFER 5.0.0 no", "begins with 4"},
      {"550 ${Reason}", "knows ${reason}, ${since} and ${ref} only"},
      {"550 ${address} no", "knows ${reason}, ${since} and ${ref} only"},
      {"550 ${reason", "knows ${reason}, ${since} and ${ref} only"},
      {"550 a\r\nb", "not printable"},
      {"550 a\tb", "not printable"},
      {"550 \xFF", "not printable"},
      {"550 " + std::string(Answer::kMaxText - 29, 'x'), "longer than 240"},
      {"550 ${reason}" + std::string(Answer::kMaxText - 40, 'x'),
       "longer than 240"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.form);
    const auto answer = Answer::Parse(test.form);
    ASSERT_FALSE(answer.has_value());
    EXPECT_NE(answer.error().text().find(test.want), std::string::npos)
        << answer.error().text();
  }
}

TEST(AnswerTest, TheLongestTextFitsIntoAReply) {
  const std::string code = "550 5.7.1 ";
  const std::size_t marker = 30;
  const Answer answer =
      Answer::Parse(code + std::string(Answer::kMaxText - marker, 'x')).value();
  const std::string before =
      "<" + std::string(200, 'a') + ">: Recipient address rejected: ";
  EXPECT_LE(answer.ForAccess(Facts()).size() + before.size() + 2, 512u);
}

TEST(AnswerTest, KnowsWhetherItTellsSinceWhen) {
  EXPECT_TRUE(Answer::Parse("550 ${since}").value().uses_since());
  EXPECT_FALSE(Answer::Parse("550 ${reason}").value().uses_since());
}

}  // namespace
}  // namespace postbounce
