#include "daemon/order_request.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace postbounce {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'795'220'876)};

Result<Write> WriteOfText(const std::string& text) {
  const auto request = boost::json::parse(text).as_object();
  return OrderWriteOf(request, request.at("verb").as_string(), kNow).value();
}

TEST(OrderRequestTest, ReadsAnOrder) {
  const auto write = WriteOfText(
      R"({"verb":"suppress","addresses":["Joe@x.example","Ann@Y.example"],)"
      R"("scope":"shop","reason":"no-such-user","until":"90d",)"
      R"("actor":"ann","why":"they called"})");
  ASSERT_TRUE(write.has_value()) << write.error().ToString();
  const Order& order = std::get<Order>(*write);
  EXPECT_EQ(order.kind, OrderKind::kSuppress);
  ASSERT_EQ(order.subjects.size(), 2u);
  EXPECT_EQ(order.subjects[0].ToString(), "Joe@x.example");
  EXPECT_EQ(order.subjects[1].ToString(), "Ann@Y.example");
  EXPECT_EQ(order.scope, "shop");
  EXPECT_EQ(order.reason, Reason::kNoSuchUser);
  EXPECT_EQ(order.until, kNow + std::chrono::days(90));
  EXPECT_EQ(order.actor, "ann");
  EXPECT_EQ(order.why, "they called");
}

TEST(OrderRequestTest, ReadsAnUndo) {
  const auto write = WriteOfText(
      R"({"verb":"undo","filter":{"since":"12h","until":"2026-11-21",)"
      R"("reason":"no-such-user","rule":"r","domain":"X.example",)"
      R"("scope":"","source":"bounce","actor":"bob","action":7,)"
      R"("addresses":["joe@x.example"]},"dry_run":true})");
  ASSERT_TRUE(write.has_value()) << write.error().ToString();
  const Undo& undo = std::get<Undo>(*write);
  EXPECT_EQ(undo.filter.since, kNow - std::chrono::hours(12));
  EXPECT_TRUE(undo.filter.until);
  EXPECT_EQ(undo.filter.reason, Reason::kNoSuchUser);
  EXPECT_EQ(undo.filter.rule, "r");
  EXPECT_EQ(undo.filter.ascii_domain, "x.example");
  EXPECT_EQ(undo.filter.scope, "");
  EXPECT_EQ(undo.filter.source, ChangeSource::kBounce);
  EXPECT_EQ(undo.filter.actor, "bob");
  EXPECT_EQ(undo.filter.action, ActionId{7});
  EXPECT_EQ(undo.filter.subjects.size(), 1u);
  EXPECT_TRUE(undo.dry_run);
  EXPECT_EQ(undo.actor, "operator");
}

TEST(OrderRequestTest, RefusesWhatCannotBeMeant) {
  for (const char* text : {
           R"({"verb":"suppress"})",
           R"({"verb":"suppress","addresses":["@a.example"],"scope":"shop"})",
           R"({"verb":"suppress","addresses":[]})",
           R"({"verb":"suppress","addresses":"joe@x.example"})",
           R"({"verb":"suppress","addresses":["joe"]})",
           R"({"verb":"suppress","addresses":["a@b.example"],"reason":"x"})",
           R"({"verb":"suppress","addresses":["a@b.example"],)"
           R"("until":"2026-01-01"})",
           R"({"verb":"suppress","addresses":["a@b.example"],"until":"0d"})",
           R"({"verb":"suppress","addresses":["a@b.example"],"actor":1})",
           R"({"verb":"remove","addresses":["a@b.example"],"until":"90d"})",
           R"({"verb":"remove","addresses":["a@b.example"],)"
           R"("reason":"no-such-user"})",
           R"({"verb":"allow","addresses":["a@b.example"],"scope":"shop"})",
           R"({"verb":"disallow","addresses":["a@b.example"],"until":"1d"})",
           R"({"verb":"undo"})",
           R"({"verb":"undo","filter":{}})",
           R"({"verb":"undo","filter":{"source":"rumour"}})",
           R"({"verb":"undo","filter":{"domain":"a b"}})",
           R"({"verb":"undo","filter":{"action":"seven"}})",
           R"({"verb":"undo","filter":{"since":"yesterday"}})",
           R"({"verb":"undo","filter":{"sinec":"1h"}})",
           R"({"verb":"undo","filter":{"since":"1h","verb":"undo"}})",
           R"({"verb":"undo","filter":{"since":""}})",
           R"({"verb":"undo","filter":{"since":"1h","actor":""}})",
           R"({"verb":"undo","filter":{"addresses":[]}})",
           R"({"verb":"undo","filter":{"since":"1h"},"dryrun":true})",
           R"({"verb":"suppress","addresses":["a@b.example"],"scop":"shop"})",
           R"({"verb":"suppress","addresses":["a@b.example"],)"
           R"("reason":"delivered"})",
           R"({"verb":"suppress","addresses":["a@b.example"],)"
           R"("reason":"spam-rejected"})",
       }) {
    SCOPED_TRACE(text);
    const auto write = WriteOfText(text);
    ASSERT_FALSE(write.has_value());
    EXPECT_EQ(write.error().code(), ErrorCode::kSyntax);
  }
}

TEST(OrderRequestTest, TakesAThousandAddressesAndNoMore) {
  const auto text = [](std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) {
      all += (i == 0 ? "\"a" : ",\"a") + std::to_string(i) + "@b.example\"";
    }
    return R"({"verb":"allow","addresses":[)" + all + "]}";
  };
  EXPECT_TRUE(WriteOfText(text(kMaxSubjects)).has_value());
  EXPECT_FALSE(WriteOfText(text(kMaxSubjects + 1)).has_value());
}

}  // namespace
}  // namespace postbounce
