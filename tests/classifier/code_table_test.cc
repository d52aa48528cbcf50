#include "classifier/code_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "classifier/classifier.h"
#include "classifier/provider_codes.h"
#include "classifier/rule_set.h"
#include "classifier/stock_replies.h"

namespace postbounce {
namespace {

EnhancedStatus Status(const std::string& text) {
  return EnhancedStatus::Parse(text).value();
}

TEST(CodeTableTest, HoldsTheWholeRegistryWithoutDoubles) {
  // Entries per subject in IANA's registry of 2024-12-06.
  const int wanted[] = {1, 11, 5, 7, 8, 7, 11, 31};
  int found[8] = {};
  std::set<std::pair<int, int>> seen;
  for (const StatusInfo& info : AllStatusCodes()) {
    ASSERT_GE(info.subject, 0);
    ASSERT_LE(info.subject, 7);
    ++found[info.subject];
    EXPECT_TRUE(seen.emplace(info.subject, info.detail).second);
  }
  for (int subject = 0; subject < 8; ++subject) {
    SCOPED_TRACE(subject);
    EXPECT_EQ(found[subject], wanted[subject]);
  }
}

TEST(CodeTableTest, EveryEntryExplainsItself) {
  for (const StatusInfo& info : AllStatusCodes()) {
    SCOPED_TRACE(std::to_string(info.subject) + "." +
                 std::to_string(info.detail));
    EXPECT_FALSE(info.meaning.empty());
    EXPECT_FALSE(info.rfc.empty());
    EXPECT_FALSE(info.classes.empty());
    EXPECT_EQ(info.classes.find_first_not_of("245"), info.classes.npos);
    EXPECT_EQ(info.check.back(), '.');
  }
  for (const ReplyInfo& info : AllReplyCodes()) {
    SCOPED_TRACE(info.code);
    EXPECT_TRUE(ReplyCode::Parse(std::to_string(info.code)).has_value());
    EXPECT_FALSE(info.meaning.empty());
    EXPECT_FALSE(info.rfc.empty());
    EXPECT_EQ(info.check.back(), '.');
  }
}

TEST(CodeTableTest, FindsACodeWhateverItsClass) {
  ASSERT_NE(FindStatus(Status("5.1.1")), nullptr);
  EXPECT_EQ(FindStatus(Status("5.1.1")), FindStatus(Status("4.1.1")));
  EXPECT_EQ(FindStatus(Status("5.1.1"))->reason, Reason::kNoSuchUser);
  EXPECT_EQ(FindStatus(Status("5.1.99")), nullptr);
  EXPECT_EQ(FindStatus(Status("5.9.0")), nullptr);
  ASSERT_NE(FindSubject(7), nullptr);
  EXPECT_EQ(FindSubject(7)->reason, Reason::kPolicyRejected);
  EXPECT_EQ(FindSubject(8), nullptr);
}

TEST(CodeTableTest, NoSecurityCodeCondemnsAnAddress) {
  for (const StatusInfo& info : AllStatusCodes()) {
    if (info.subject != 7) continue;
    SCOPED_TRACE(info.detail);
    EXPECT_NE(InfoOf(info.reason).reason_class, ReasonClass::kHard);
  }
}

TEST(CodeTableTest, OnlyOneReplyCodeCondemnsADomain) {
  for (const ReplyInfo& info : AllReplyCodes()) {
    SCOPED_TRACE(info.code);
    EXPECT_EQ(InfoOf(info.reason).reason_class == ReasonClass::kHard,
              info.code == 556);
  }
  EXPECT_EQ(FindReply(ReplyCode::Parse("556").value())->reason,
            Reason::kDomainAcceptsNoMail);
  EXPECT_EQ(FindReply(ReplyCode::Parse("557").value()), nullptr);
}

TEST(StockRepliesTest, EachHasAReason) {
  const auto rules = RuleSet::Compile(RuleSet::Shipped());
  ASSERT_TRUE(rules);
  for (const std::string_view reply : AllStockReplies()) {
    SCOPED_TRACE(reply);
    Evidence evidence;
    evidence.action = Action::kFailed;
    evidence.diagnostic = reply;
    const Verdict verdict = Classify(evidence, *rules);
    EXPECT_NE(verdict.reason, Reason::kUnknown);
    EXPECT_NE(verdict.reason, Reason::kExpired);
    const bool about_sender = reply.find("Sender") != reply.npos ||
                              reply.find("Client") != reply.npos ||
                              reply.find("Helo") != reply.npos;
    EXPECT_FALSE(about_sender && verdict.reason_class == ReasonClass::kHard);
  }
}

TEST(StockRepliesTest, AreFoundByEitherCode) {
  for (const std::string_view reply : FindStockReplies("450")) {
    EXPECT_TRUE(reply.starts_with("450 ")) << reply;
  }
  EXPECT_EQ(FindStockReplies("5.7.8").size(), 1u);
  EXPECT_TRUE(FindStockReplies("5.9.9").empty());
}

TEST(ProviderCodesTest, SayWhatTheRegistryDoesNot) {
  const auto found = FindProviderCodes(*EnhancedStatus::Parse("4.7.27"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].provider, "Gmail");
  EXPECT_TRUE(FindProviderCodes(*EnhancedStatus::Parse("5.3.4")).empty());
}

}  // namespace
}  // namespace postbounce
