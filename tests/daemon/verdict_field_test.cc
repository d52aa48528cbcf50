#include "daemon/verdict_field.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "mime/text/address.h"

namespace postbounce {
namespace {

Witness WitnessOf(const std::string& address, Reason reason) {
  Witness witness;
  witness.final_recipient = address;
  if (auto mailed = Address::Parse(address)) witness.mailed = *mailed;
  witness.verdict.reason = reason;
  witness.evidence.action = Action::kFailed;
  return witness;
}

TEST(VerdictFieldTest, KindReasonAndRecipients) {
  Mail mail;
  mail.kind = MailKind::kDeliveryReport;
  mail.witnesses = {WitnessOf("joe@example.org", Reason::kUnknown),
                    WitnessOf("Ann@example.org", Reason::kNoSuchUser)};
  EXPECT_EQ(VerdictFieldOf(mail),
            "failed; no-such-user; joe@example.org, Ann@example.org");
  mail.witnesses[1].verdict.reason = Reason::kUnknown;
  EXPECT_EQ(VerdictFieldOf(mail),
            "failed; unknown; joe@example.org, Ann@example.org");
  EXPECT_EQ(VerdictFieldOf(Mail()), "not-a-bounce");
}

TEST(VerdictFieldTest, WhateverAReportNamesItIsOneLineOfAscii) {
  Mail mail;
  mail.kind = MailKind::kDeliveryReport;
  for (int i = 0; i < 100; ++i) {
    mail.witnesses.push_back(
        WitnessOf("a\r\nX-Forged: 1\x1b\xc3\xbc" + std::string(300, 'x'),
                  Reason::kNoSuchUser));
  }
  const std::string field = VerdictFieldOf(mail);
  EXPECT_TRUE(field.starts_with("failed; no-such-user; a??X-Forged:?1???x"));
  EXPECT_TRUE(field.ends_with(" and 92 more")) << field;
  EXPECT_LT(field.size(), 998 - std::string("X-Postbounce: ").size());
  EXPECT_TRUE(std::all_of(field.begin(), field.end(),
                          [](char c) { return c >= ' ' && c <= '~'; }));
}

}  // namespace
}  // namespace postbounce
