#include "daemon/log_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <memory>
#include <string>
#include <vector>

#include "daemon/request.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/store/log_samples.h"

namespace postbounce {
namespace {

namespace json = boost::json;

class LogServiceTest : public testing::Test {
 protected:
  LogServiceTest() {
    store_ = OpenSqliteStore({directory_ / "db", "secret", {}}).value();
    reader_ = store_->OpenReader().value();
    const std::vector<Write> writes = {WriteOf(BatchOf(
        {MessageOf("4BBBBz1", {AttemptAt(0, "joe@x.test", Action::kDelayed),
                               AttemptAt(7200, "joe@x.test")}),
         MessageOf("4CCCCz1",
                   {AttemptAt(86'400 * 3, "ann@y.test", Action::kFailed)})}))};
    EXPECT_TRUE(store_->Apply(writes, kNow).has_value());
  }

  Result<json::object> Events(std::string_view request) {
    return AnswerEvents(json::parse(request).as_object(), reader_.get(), kNow);
  }
  Result<json::object> Stats(std::string_view request) {
    return AnswerMailStats(json::parse(request).as_object(), reader_.get(),
                           kNow);
  }

  const Timestamp kNow = Hour(24 * 4);
  TempDir directory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

TEST_F(LogServiceTest, EventsHaveEachMessageWithItsAttempts) {
  const json::object answer = Events(R"({"recipient":"joe@x.test"})").value();
  EXPECT_EQ(answer.at("cursor").as_string(), "");
  const json::array& entries = answer.at("entries").as_array();
  ASSERT_EQ(entries.size(), 1u);
  const json::object& message = entries[0].as_object();
  EXPECT_EQ(message.at("queue_id").as_string(), "4BBBBz1");
  EXPECT_EQ(message.at("sender").as_string(), "news@local.test");
  EXPECT_EQ(message.at("origin").as_string(), "remote");
  const json::array& attempts = message.at("attempts").as_array();
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[0].as_object().at("status").as_string(), "deferred");
  EXPECT_EQ(attempts[0].as_object().at("reason").as_string(), "greylisted");
  EXPECT_EQ(attempts[1].as_object().at("status").as_string(), "sent");
  EXPECT_EQ(attempts[1].as_object().at("time").as_string(),
            "2026-11-21T02:00:00Z");
}

TEST_F(LogServiceTest, EventsSayHowManyAttemptsTheyLeaveOut) {
  LogMessage message = MessageOf(
      "4DDDDz1", {AttemptAt(0, "eve@z.test"), AttemptAt(1, "bob@z.test")});
  message.attempts[0].is_probe = true;
  ASSERT_TRUE(
      store_->Apply(std::vector<Write>{WriteOf(BatchOf({message}))}, kNow));
  const json::object answer = Events(R"({"recipient":"eve@z.test"})").value();
  const json::object& entry = answer.at("entries").at(0).as_object();
  EXPECT_EQ(entry.at("attempts_left_out"), 1);
  ASSERT_EQ(entry.at("attempts").as_array().size(), 1u);
  EXPECT_EQ(entry.at("attempts").at(0).at("status").as_string(), "deliverable");
}

TEST_F(LogServiceTest, EventsOfATimeAreThoseWithAnAttemptInIt) {
  const struct {
    const char* request;
    std::size_t want;
  } kCases[] = {
      {R"({})", 2},
      {R"({"since":"2026-11-22"})", 1},
      {R"({"until":"2026-11-22"})", 1},
      {R"({"since":"2026-11-21T02:00Z","until":"2026-11-21T02:01Z"})", 1},
      {R"({"since":"2d"})", 1},
      {R"({"since":"1h"})", 0},
      {R"({"status":"bounced"})", 1},
      {R"({"status":"deferred","domain":"y.test"})", 0},
      {R"({"dsn":"5"})", 1},
      {R"({"limit":1})", 1},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.request);
    EXPECT_EQ(Events(test.request).value().at("entries").as_array().size(),
              test.want);
  }
}

TEST_F(LogServiceTest, WhatIsNoQuestionIsRefused) {
  for (const char* request :
       {R"({"recipient":1})", R"({"since":"yesterday"})",
        R"({"since":"2026-02-30"})", R"({"status":"lost"})",
        R"({"reason":"bad luck"})", R"({"cursor":"x"})", R"({"limit":201})",
        R"({"limit":-1})", R"({"limit":1.5})", R"({"lines":"yes"})",
        R"({"since":"2026-11-22","until":"2026-11-21"})"}) {
    SCOPED_TRACE(request);
    EXPECT_FALSE(Events(request).has_value());
  }
  EXPECT_FALSE(Stats(R"({"by":"colour"})").has_value());
  EXPECT_FALSE(Stats(R"({"by":"all"})").has_value());
  EXPECT_FALSE(Stats(R"({"by":"dsn","limit":1001})").has_value());
  EXPECT_FALSE(Stats(R"({"by":"day","since":"1d","until":"2d"})").has_value());
}

TEST_F(LogServiceTest, ALimitMayBeAnyKindOfWholeNumber) {
  for (const json::value& limit :
       {json::value(std::int64_t{1}), json::value(std::uint64_t{1})}) {
    SCOPED_TRACE(limit.is_int64());
    const json::object request = {{"by", "domain"}, {"limit", limit}};
    const auto events = AnswerEvents(request, reader_.get(), kNow);
    ASSERT_TRUE(events) << events.error().ToString();
    EXPECT_EQ(events->at("entries").as_array().size(), 1u);
    EXPECT_TRUE(AnswerMailStats(request, reader_.get(), kNow));
  }
}

TEST_F(LogServiceTest, StatsCountByTimeAndByName) {
  const json::object hours = Stats(R"({"by":"hour"})").value();
  EXPECT_EQ(hours.at("rows").as_array().size(), 3u);
  EXPECT_EQ(hours.at("sum").at("sent").to_number<int>(), 1);
  EXPECT_EQ(hours.at("delays").at("total").at("p50").to_number<int>(), 255);
  const json::object days = Stats(R"({"by":"day"})").value();
  ASSERT_EQ(days.at("rows").as_array().size(), 2u);
  EXPECT_EQ(days.at("rows").at(0).at("time").as_string(),
            "2026-11-21T00:00:00Z");
  EXPECT_EQ(days.at("rows").at(0).at("deferred").to_number<int>(), 1);
  // 21 November 2026 is a Saturday.
  const json::object weeks = Stats(R"({"by":"week"})").value();
  ASSERT_EQ(weeks.at("rows").as_array().size(), 2u);
  EXPECT_EQ(weeks.at("rows").at(0).at("time").as_string(),
            "2026-11-16T00:00:00Z");
  const json::object domains = Stats(R"({"by":"domain","limit":1})").value();
  EXPECT_EQ(domains.at("names").to_number<int>(), 2);
  ASSERT_EQ(domains.at("rows").as_array().size(), 1u);
  EXPECT_EQ(domains.at("rows").at(0).at("name").as_string(), "x.test");
  EXPECT_EQ(
      Stats(R"({"by":"reason","since":"2026-11-23"})").value().at("names"), 1);
}

TEST(ParseTimeTest, ReadsWhatPeopleWrite) {
  const Timestamp now = Hour(48);
  EXPECT_EQ(ParseTime("2026-11-21", now).value(), Hour(0));
  EXPECT_EQ(ParseTime("2026-11-21T05:00", now).value(), Hour(5));
  EXPECT_EQ(ParseTime("2026-11-21 05:00:00Z", now).value(), Hour(5));
  EXPECT_EQ(ParseTime("1d", now).value(), Hour(24));
  EXPECT_EQ(ParseTime("90m", now).value(), Hour(47) - std::chrono::minutes(30));
  for (const char* text : {"", "d", "1y", "2026-13-01", "2026-11-21T24:00",
                           "2026-11-21T05", "2026-11-21T05:00:00+01:00"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(ParseTime(text, now).has_value());
  }
}

}  // namespace
}  // namespace postbounce
