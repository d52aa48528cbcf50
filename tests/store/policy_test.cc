#include "store/policy.h"

#include <gtest/gtest.h>

#include <set>

namespace postbounce {
namespace {

using std::chrono::days;
using std::chrono::seconds;

TEST(ReasonPolicyTest, IsASentence) {
  const struct {
    const char* text;
    ReasonPolicy want;
  } kCases[] = {
      {"never", {}},
      {"after 1", {1, seconds(0), seconds(0), false}},
      {"after 1 for 365d", {1, seconds(0), days(365), false}},
      {"after 1 in scope", {1, seconds(0), seconds(0), true}},
      {"after 5 over 14d", {5, days(14), seconds(0), false}},
      {"after 1000 over 36h for 90d in scope",
       {1000, std::chrono::hours(36), days(90), true}},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(ReasonPolicy::Parse(row.text).value(), row.want);
    EXPECT_EQ(row.want.ToString(), row.text);
  }
}

TEST(ReasonPolicyTest, AllElseIsRefused) {
  for (const char* text : {"",
                           " ",
                           "always",
                           "Never",
                           "never for 1d",
                           "after",
                           "after 0",
                           "after 1001",
                           "after -1",
                           "after x",
                           "after 1x",
                           "after 1 over",
                           "after 1 over 14",
                           "after 1 over 0d",
                           "after 1 for 3651d",
                           "after 1 for 90d over 14d",
                           "after 1 over 1d over 2d",
                           "after 1 in",
                           "after 1 in scopes",
                           "after 1 inscope",
                           "after 1 in scope for 90d",
                           "after 1 in scope in",
                           " after 1",
                           "after 1 2",
                           "after\t1"}) {
    SCOPED_TRACE(text);
    const auto policy = ReasonPolicy::Parse(text);
    ASSERT_FALSE(policy.has_value());
    EXPECT_EQ(policy.error().code(), ErrorCode::kSyntax);
  }
}

TEST(MaySuppressTest, IsTrueOfWhatTheRecipientOrTheDomainIsToBlameFor) {
  const std::set<Reason> want = {Reason::kNoSuchUser,
                                 Reason::kMailboxDisabled,
                                 Reason::kMailboxMoved,
                                 Reason::kBadAddressSyntax,
                                 Reason::kNoSuchDomain,
                                 Reason::kDomainAcceptsNoMail,
                                 Reason::kMailboxFull,
                                 Reason::kRecipientRefused,
                                 Reason::kSystemError,
                                 Reason::kSystemFull,
                                 Reason::kExpired,
                                 Reason::kRelayDenied,
                                 Reason::kSmtputf8Unsupported,
                                 Reason::kComplaint};
  for (const ReasonInfo& info : AllReasons()) {
    SCOPED_TRACE(info.name);
    EXPECT_EQ(MaySuppress(info.reason), want.contains(info.reason));
  }
}

}  // namespace
}  // namespace postbounce
