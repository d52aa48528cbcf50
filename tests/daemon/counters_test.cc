#include "daemon/counters.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <string>
#include <thread>
#include <vector>

namespace postbounce {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

boost::json::array JsonOf(std::vector<const CounterShare*> shares,
                          std::vector<Gauge> gauges = {}) {
  return ToJson(shares, gauges);
}

// The value of a counter with these labels, as "key=value" texts.
std::uint64_t ValueOf(const boost::json::array& all, std::string_view name,
                      std::string_view label = "") {
  for (const auto& one : all) {
    if (one.at("name").as_string() != name) continue;
    for (const auto& value : one.at("values").as_array()) {
      const std::string text = boost::json::serialize(value);
      if (text.find(label) != std::string::npos) {
        return value.at("value").to_number<std::uint64_t>();
      }
    }
  }
  ADD_FAILURE() << name << " has no " << label;
  return 0;
}

TEST(CountersTest, SharesAreSummedUp) {
  CounterShare one, two;
  one.Add(Tally::kChecks, 0, 3);
  two.Add(Tally::kChecks, 0);
  EXPECT_EQ(ValueOf(JsonOf({&one, &two}), "checks"), 4U);
}

TEST(CountersTest, MailsAreCountedByWayKindAndReason) {
  CounterShare share;
  Mail mail;
  mail.kind = MailKind::kDeliveryReport;
  mail.witnesses.resize(2);
  mail.witnesses[0].verdict.reason = Reason::kNoSuchUser;
  mail.witnesses[1].verdict.reason = Reason::kAlreadySuppressed;
  share.AddMail(mail, Route::kMilter);
  share.AddMail(mail, Route::kUnixSocket);
  const auto all = JsonOf({&share});
  EXPECT_EQ(ValueOf(all, "mails", "\"milter\""), 1U);
  EXPECT_EQ(ValueOf(all, "mails", "\"unix\""), 1U);
  EXPECT_EQ(ValueOf(all, "mails", "\"inet\""), 0U);
  EXPECT_EQ(ValueOf(all, "mail_kinds", "\"report\""), 2U);
  EXPECT_EQ(ValueOf(all, "reasons", "\"no-such-user\""), 2U);
  EXPECT_EQ(ValueOf(all, "reasons", "\"already-suppressed\""), 2U);
}

TEST(CountersTest, LookupsAreCountedByProtocolAndAnswer) {
  CounterShare share;
  share.AddLookups(LookupProtocol::kSocketmap, {1, 2, 3});
  const auto all = JsonOf({&share});
  EXPECT_EQ(
      ValueOf(all, "lookups", R"("protocol":"socketmap","answer":"refused")"),
      1U);
  EXPECT_EQ(
      ValueOf(all, "lookups", R"("protocol":"socketmap","answer":"failed")"),
      3U);
  EXPECT_EQ(ValueOf(all, "lookups", R"("protocol":"policy","answer":"passed")"),
            0U);
}

TEST(CountersTest, ACommitIsInTheBucketThatItsTimeIsBelow) {
  struct Case {
    std::chrono::nanoseconds time;
    const char* below;
  };
  for (const Case& one : {Case{microseconds(999), "\"1ms\""},
                          {milliseconds(1), "\"10ms\""},
                          {milliseconds(99), "\"100ms\""},
                          {milliseconds(9999), "\"10s\""},
                          {milliseconds(10'000), "\"more\""}}) {
    SCOPED_TRACE(one.below);
    CounterShare share;
    share.AddCommit(one.time);
    const auto all = JsonOf({&share});
    EXPECT_EQ(ValueOf(all, "commits", one.below), 1U);
    EXPECT_EQ(ValueOf(all, "commit_microseconds"),
              static_cast<std::uint64_t>(
                  std::chrono::duration_cast<microseconds>(one.time).count()));
  }
}

TEST(CountersTest, EachHasANameATypeAndASentence) {
  const auto all = JsonOf({}, {{"clients", "Who is there.", 7},
                               {"errors", "What was wrong.", 1, true}});
  EXPECT_EQ(all.size(), kTallies + 2);
  for (const auto& one : all) {
    SCOPED_TRACE(boost::json::serialize(one));
    EXPECT_FALSE(one.at("name").as_string().empty());
    EXPECT_TRUE(one.at("help").as_string().ends_with('.'));
    EXPECT_TRUE(one.at("type") == "counter" || one.at("type") == "gauge");
    EXPECT_FALSE(one.at("values").as_array().empty());
  }
  EXPECT_EQ(ValueOf(all, "clients"), 7U);
  EXPECT_EQ(all.back().at("type"), "counter");
}

TEST(CountersTest, ThreadsThatShareOneLoseNothing) {
  CounterShare share;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&share] {
      for (int j = 0; j < 10'000; ++j) share.Add(Tally::kChecks, 0);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(share.Get(Tally::kChecks, 0), 40'000U);
}

}  // namespace
}  // namespace postbounce
