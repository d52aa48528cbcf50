#include "daemon/explanation.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "daemon/code_description.h"
#include "daemon/runtime.h"

namespace postbounce {
namespace {

namespace json = boost::json;

json::object Request(std::string_view text) {
  return json::parse(text).as_object();
}

TEST(AnswerExplainTest, WhatIsGivenIsReadAsWhatItIsSaidToBe) {
  const RuleSet rules = LoadRules({}).value();
  const struct {
    const char* request;
    const char* kind;
    const char* input;  // empty: absent
  } kCases[] = {
      {R"({"text":"550 5.1.1 user unknown"})", "failed", "text"},
      {R"-({"line":"postfix/smtp[1]: 3D534A849A1: to=<a@b.example>, )-"
       R"-(relay=none, delay=1, delays=0/0/0/1, dsn=5.1.1, )-"
       R"-(status=bounced (unknown)"})-",
       "failed", "log-line"},
      {R"({"message":"Subject: hello\n\nGood morning!\n"})", "not-a-bounce",
       ""},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.request);
    const auto answer = AnswerExplain(Request(one.request), rules).value();
    EXPECT_EQ(answer.at("kind"), one.kind);
    EXPECT_FALSE(answer.contains("file"));
    const json::value* input = answer.if_contains("input");
    EXPECT_EQ(input == nullptr ? json::value("") : *input,
              json::value(one.input));
  }
}

TEST(AnswerExplainTest, WhatCannotBeMeantIsRefused) {
  const RuleSet rules = LoadRules({}).value();
  for (const char* request :
       {R"({})", R"({"text":1})", R"({"text":"a","line":"b"})",
        R"({"line":"no delivery"})", R"({"file":"/etc/passwd"})"}) {
    SCOPED_TRACE(request);
    const auto answer = AnswerExplain(Request(request), rules);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), ErrorCode::kSyntax);
  }
}

TEST(AnswerCodeTest, EachCodeHasAResult) {
  const auto answer =
      AnswerCode(Request(R"({"codes":["550 5.2.2","x.1.1"]})")).value();
  const json::array& results = answer.at("results").as_array();
  ASSERT_EQ(results.size(), 3u);
  EXPECT_EQ(results[0].at("code"), "550");
  EXPECT_EQ(results[1].at("reason"), "mailbox-full");
  EXPECT_EQ(results[2].at("code"), "X.1.1");
  for (const char* request : {R"({})", R"({"codes":[]})", R"({"codes":[550]})",
                              R"({"codes":["550","what"]})"}) {
    SCOPED_TRACE(request);
    EXPECT_EQ(AnswerCode(Request(request)).error().code(), ErrorCode::kSyntax);
  }
}

}  // namespace
}  // namespace postbounce
