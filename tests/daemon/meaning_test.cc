#include "daemon/cli/meaning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace postbounce {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

TEST(MeaningTest, SaysWhatTheLastWordMeans) {
  const struct {
    const char* message;
    const char* want;
  } kCases[] = {
      {R"({"attempts":[{"recipient":"a@x","status":"deferred"},
                       {"recipient":"a@x","status":"sent"}]})",
       "receipt"},
      {R"({"attempts":[{"recipient":"a@x","status":"deferred"}]})",
       "tries again"},
      {R"({"removed":true,
           "attempts":[{"recipient":"a@x","status":"deferred"}]})",
       "deleted"},
      {R"({"sender":"b@y","notices":[{"kind":"failure"}],
           "attempts":[{"recipient":"a@x","status":"bounced"}]})",
       "sent a report to the sender"},
      {R"({"sender":"b@y","notices":[{"kind":"delay"}],
           "attempts":[{"recipient":"a@x","status":"expired"}]})",
       "name no report"},
      {R"({"sender":"","attempts":[{"recipient":"a@x","status":"bounced"}]})",
       "nobody was told"},
      {R"({"sender":"","attempts":[
           {"recipient":"a@x","status":"deferred","probe":true}]})",
       "only asked"},
      {R"({"attempts":[]})", "Nobody has tried"},
      {R"({"attempts":[],"removed":true})", "no try"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.message);
    EXPECT_THAT(MeaningOf(json::parse(test.message).as_object()),
                HasSubstr(test.want));
  }
}

TEST(MeaningTest, SaysNothingWhereRecipientsFaredDifferently) {
  for (const char* message :
       {R"({"attempts":[{"recipient":"a@x","status":"bounced"},
                        {"recipient":"b@x","status":"sent"}]})",
        R"({"attempts":[{"recipient":"a@x","status":"expanded"}]})", "{}"}) {
    SCOPED_TRACE(message);
    EXPECT_EQ(MeaningOf(json::parse(message).as_object()), "");
  }
}

}  // namespace
}  // namespace postbounce
