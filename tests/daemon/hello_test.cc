#include "daemon/hello.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

namespace postbounce {
namespace {

namespace json = boost::json;

bool Names(const json::object& hello, std::string_view verb) {
  const json::array& verbs = hello.at("verbs").as_array();
  return std::find(verbs.begin(), verbs.end(), json::value(verb)) !=
         verbs.end();
}

TEST(HelloTest, ItNamesWhatThisDoorAnswers) {
  const json::object query = AnswerHello(Door::kQuery);
  const json::object control = AnswerHello(Door::kControl);
  EXPECT_EQ(query.at("protocol").to_number<int>(), 1);
  EXPECT_TRUE(query.at("program").as_string().starts_with("postbounce "));
  EXPECT_EQ(query.at("max_request").to_number<int>(), 4096);
  EXPECT_EQ(control.at("max_request").to_number<int>(), 1 << 20);
  EXPECT_EQ(query.at("max_addresses").to_number<int>(), 100);
  for (const char* verb : {"hello", "check", "status", "stats"}) {
    EXPECT_TRUE(Names(query, verb)) << verb;
    EXPECT_TRUE(Names(control, verb)) << verb;
  }
  for (const char* verb : {"list", "suppress", "undo", "replay"}) {
    EXPECT_FALSE(Names(query, verb)) << verb;
    EXPECT_TRUE(Names(control, verb)) << verb;
  }
}

TEST(HelloTest, AnotherProtocolIsRefused) {
  const struct {
    const char* request;
    bool taken;
  } kCases[] = {
      {R"({"verb":"list"})", true},  {R"({"protocol":1})", true},
      {R"({"protocol":2})", false},  {R"({"protocol":0})", false},
      {R"({"protocol":-1})", false}, {R"({"protocol":"1"})", false},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.request);
    json::object request = json::parse(one.request).as_object();
    const auto taken = TakeProtocol(&request);
    EXPECT_EQ(taken.has_value(), one.taken);
    if (!taken) {
      EXPECT_EQ(taken.error().code(), ErrorCode::kSyntax);
    } else {
      EXPECT_FALSE(request.contains("protocol"));
    }
  }
}

TEST(HelloTest, AMemberThatAVerbDoesNotHaveIsRefused) {
  for (const char* verb :
       {"hello", "check", "status", "stats", "code", "events", "held", "list",
        "undos", "allow-list", "inbox", "inbox-show"}) {
    SCOPED_TRACE(verb);
    boost::json::object request = {{"verb", verb}, {"id", 1}};
    EXPECT_TRUE(CheckMembers(request));
    request["limits"] = 1;
    const auto refused = CheckMembers(request);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().ToString(),
              "there is no such member here: \"limits\"");
  }
  EXPECT_TRUE(CheckMembers({{"verb", "list"}, {"limit", 1}, {"cursor", ""}}));
  EXPECT_FALSE(CheckMembers({{"verb", "list"}, {"limit cursor", 1}}));
  EXPECT_FALSE(CheckMembers({{"verb", "list"}, {"", 1}}));
}

}  // namespace
}  // namespace postbounce
