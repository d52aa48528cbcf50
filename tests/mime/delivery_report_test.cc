#include "mime/delivery_report.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mime/feedback_report.h"
#include "mime/original.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

std::vector<std::string> FinalRecipients(std::string_view body) {
  std::vector<std::string> addresses;
  for (const auto& recipient : ParseDeliveryReport(body).recipients) {
    addresses.push_back(recipient.final_recipient.text);
  }
  return addresses;
}

struct AddressCase {
  std::string_view value;
  AddressOrigin origin;
  std::string_view type;
  std::string_view text;
  std::string_view mailbox;  // empty: none
};

TEST(TypedAddressTest, IsDecodedOnlyWhereNothingElseCanBeMeant) {
  constexpr AddressOrigin kOrcpt = AddressOrigin::kOrcpt;
  constexpr AddressOrigin kEnvelope = AddressOrigin::kEnvelope;
  const std::vector<AddressCase> cases = {
      {"rfc822;a+2Bb@c", kOrcpt, "rfc822", "a+b@c", "a+b@c"},
      {"rfc822;a+2Bb@c", kEnvelope, "rfc822", "a+2Bb@c", "a+2Bb@c"},
      {"rfc822; a+2024@c", kOrcpt, "rfc822", "a+2024@c", "a+2024@c"},
      {"rfc822; a+2B+tag@c", kOrcpt, "rfc822", "a+2B+tag@c", "a+2B+tag@c"},
      {"rfc822; a+3Db@c", kOrcpt, "rfc822", "a=b@c", "a=b@c"},
      {"RFC822 ; <Joe@c>", kEnvelope, "rfc822", "<Joe@c>", "Joe@c"},
      {"rfc822; Joe <joe@c>", kEnvelope, "rfc822", "Joe <joe@c>", "joe@c"},
      {"rfc822; joe@c (Joe)", kEnvelope, "rfc822", "joe@c (Joe)", "joe@c"},
      {"joe@c", kEnvelope, "", "joe@c", "joe@c"},
      {"utf-8; \\x{FC}@c", kEnvelope, "utf-8", "ü@c", "ü@c"},
      {"rfc822; \\x{FC}@c", kEnvelope, "rfc822", "\\x{FC}@c", ""},
      {"utf-8; ü@c", kEnvelope, "utf-8", "ü@c", "ü@c"},
      {"rfc822; \"a\\\xC3\\\xBC\"@c", kEnvelope, "rfc822", "\"aü\"@c", "aü@c"},
      {"rfc822; \xFC@c", kEnvelope, "rfc822", "ü@c", "ü@c"},
      {"unknown;", kEnvelope, "unknown", "", ""},
      {"x400; /S=joe@c/", kEnvelope, "x400", "/S=joe@c/", ""},
      {"rfc822; |/bin/true", kEnvelope, "rfc822", "|/bin/true", ""},
      {"", kEnvelope, "", "", ""},
  };
  for (const AddressCase& one : cases) {
    SCOPED_TRACE(one.value);
    const TypedAddress address = ParseTypedAddress(one.value, one.origin);
    EXPECT_EQ(address.type, one.type);
    EXPECT_EQ(address.text, one.text);
    EXPECT_EQ(address.mailbox ? address.mailbox->ToString() : "", one.mailbox);
  }
}

// Whose words stand beside the address is not ours to choose.
TEST(TypedAddressTest, NamesAndCommentsAreNobodysAddress) {
  const struct {
    std::string_view value;
    std::string_view mailbox;  // empty: none
  } cases[] = {
      {"rfc822; a@b (for <x@y>)", "a@b"},
      {"rfc822; (was <x@y> (or z@y)) a@b", "a@b"},
      {"rfc822; \"x@y\" <a@b>", "a@b"},
      {"rfc822; \"the <x@y> \\\" <z@y>\" <a@b> (now)", "a@b"},
      {"rfc822; <\"a <x@y>\"@b>", "\"a <x@y>\"@b"},
      {"rfc822; \"a (x)\"@b (y)", "\"a (x)\"@b"},
      {"rfc822; <a@b> <x@y>", ""},
      {"rfc822; <a@b>, <x@y>", ""},
      {"rfc822; a@b, x@y", ""},
      {"rfc822; team: a@b, x@y;", ""},
      {"rfc822; a@b (x@y", "a@b"},
      {"rfc822; <a@b> x@y", ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.value);
    const TypedAddress address =
        ParseTypedAddress(c.value, AddressOrigin::kEnvelope);
    EXPECT_EQ(address.mailbox ? address.mailbox->ToString() : "", c.mailbox);
  }
}

TEST(DeliveryReportTest, ASecondOutcomeInFrontIsTheNextRecipients) {
  const DeliveryReport report = ParseDeliveryReport(
      "Action: delivered\nStatus: 2.0.0\nFinal-Recipient: rfc822; a@x\n"
      "Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; b@x\n");
  ASSERT_EQ(report.recipients.size(), 2u);
  EXPECT_EQ(report.recipients[0].action, Action::kDelivered);
  EXPECT_EQ(report.recipients[1].final_recipient.text, "b@x");
  EXPECT_EQ(report.recipients[1].action, Action::kFailed);
  EXPECT_EQ(report.recipients[1].status, "5.1.1");
}

TEST(DeliveryReportTest, RecipientsAreToldApartWithoutEmptyLines) {
  using List = std::vector<std::string>;
  EXPECT_EQ(FinalRecipients("Final-Recipient: rfc822; a@x\nAction: failed\n"
                            "Original-Recipient: rfc822; b@x\n"
                            "Final-Recipient: rfc822; b@y\nAction: failed\n"),
            (List{"a@x", "b@y"}));
  EXPECT_EQ(FinalRecipients("Action: failed\nFinal-Recipient: rfc822; a@x\n"
                            "Original-Recipient: rfc822; a@y\n"),
            (List{"a@x"}));
  EXPECT_EQ(FinalRecipients("Final-Recipient: rfc822; a@x\n"
                            "Final-Recipient: rfc822; b@x\n"),
            (List{"a@x", "b@x"}));
}

TEST(DeliveryReportTest, AnEmptyLineInsideAGroupDoesNotSplitIt) {
  const DeliveryReport report = ParseDeliveryReport(
      "Final-Recipient: rfc822; a@x\n\nAction: failed\nStatus: 5.1.1\n\n"
      "Action: delayed\n\nStatus: 4.0.0\n");
  ASSERT_EQ(report.recipients.size(), 3u);
  EXPECT_EQ(report.recipients[0].status, "5.1.1");
  EXPECT_EQ(report.recipients[1].action, Action::kDelayed);
  EXPECT_EQ(report.recipients[2].status, "4.0.0");
}

TEST(DeliveryReportTest, AnOutcomeAmongTheMessagesFieldsIsOfAllRecipients) {
  const DeliveryReport report = ParseDeliveryReport(
      "Reporting-MTA: dns; x\nAction: failed\nStatus: 5.0.0\n\n"
      "Final-Recipient: rfc822; a@b\nStatus: 4.7.0\n"
      "Diagnostic-Code: X-Notice; wait\n\n"
      "Final-Recipient: rfc822; c@d\nAction: delayed\n");
  ASSERT_EQ(report.recipients.size(), 2u);
  EXPECT_EQ(report.recipients[0].action, Action::kFailed);
  EXPECT_EQ(report.recipients[0].status, "4.7.0");
  EXPECT_EQ(report.recipients[1].action, Action::kDelayed);
  EXPECT_EQ(report.recipients[1].status, "5.0.0");
  EXPECT_EQ(ParseDeliveryReport("Action: failed\n").recipients.size(), 1u);
}

TEST(DeliveryReportTest, QueueIdAndSenderFollowTheMailName) {
  const DeliveryReport report = ParseDeliveryReport(
      "X-MyMailer-Queue-ID: 4Xabc\nX-MyMailer-Sender: rfc822; a@b\n");
  EXPECT_EQ(report.queue_id, "4Xabc");
  EXPECT_EQ(report.sender.text, "a@b");
  EXPECT_TRUE(report.recipients.empty());
}

TEST(DeliveryReportTest, TwentyThousandRecipientsAreCounted) {
  std::string body = "Reporting-MTA: dns; x\n\n";
  for (int i = 0; i < 20'000; ++i) {
    body += "Final-Recipient: rfc822; user" + std::to_string(i) +
            "@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: "
            "smtp; 550 5.1.1 <user@example.org>: Recipient address rejected: "
            "User unknown in virtual mailbox table\n\n";
  }
  const DeliveryReport report = ParseDeliveryReport(body);
  EXPECT_EQ(report.recipients.size(), limits::kReportRecipients);
  EXPECT_EQ(report.recipients_omitted, 20'000 - limits::kReportRecipients);
  EXPECT_EQ(report.recipients.back().final_recipient.text,
            "user9999@example.org");
}

TEST(DeliveryReportTest, LongFieldsAreCut) {
  const std::string x(limits::kDiagnosticKept + 1, 'x');
  const DeliveryReport report = ParseDeliveryReport(
      "Final-Recipient: rfc822; " + x + "\nStatus: " + x +
      "\nDiagnostic-Code: smtp; " + x + "\nRemote-MTA: " + x + "\n");
  ASSERT_EQ(report.recipients.size(), 1u);
  const ReportedRecipient& recipient = report.recipients[0];
  EXPECT_EQ(recipient.diagnostic.size(), limits::kDiagnosticKept);
  EXPECT_EQ(recipient.status.size(), kFieldKept);
  EXPECT_EQ(recipient.remote_mta.size(), kFieldKept);
  EXPECT_EQ(recipient.final_recipient.text.size(), limits::kAddressUtf8);
  EXPECT_FALSE(recipient.final_recipient.mailbox.has_value());

  const DeliveryReport latin1 = ParseDeliveryReport(
      "Status: " + std::string(limits::kDiagnosticKept, '\xFC') +
      "\nDiagnostic-Code: smtp; " +
      std::string(limits::kDiagnosticKept, '\xFC') + "\n");
  ASSERT_EQ(latin1.recipients.size(), 1u);
  EXPECT_EQ(latin1.recipients[0].status.size(), kFieldKept);
  EXPECT_EQ(latin1.recipients[0].diagnostic.size(), limits::kDiagnosticKept);
}

TEST(DeliveryReportTest, WhatLiesBehindTheSizeLimitIsNotRead) {
  std::string body = "Final-Recipient: rfc822; a@x\n\n";
  body.resize(limits::kReportSize, '\n');
  body += "Final-Recipient: rfc822; b@x\n";
  EXPECT_EQ(ParseDeliveryReport(body).recipients.size(), 1u);
}

TEST(DeliveryReportTest, BytesWithoutFieldsGiveAnEmptyReport) {
  for (const std::string& body :
       {std::string(), std::string("\n\n\n"), std::string(100'000, '\0'),
        std::string(100'000, ':'), std::string(100'000, ' '),
        std::string("\xFF\xFE no report\n")}) {
    SCOPED_TRACE(body.substr(0, 10));
    EXPECT_TRUE(ParseDeliveryReport(body).recipients.empty());
  }
}

TEST(FeedbackReportTest, ReadableRecipientsAreKept) {
  const FeedbackReport report = ParseFeedbackReport(
      "Feedback-Type: ABUSE\r\nUser-Agent: X/1\r\nSource-IP: 192.0.2.1\r\n"
      "Original-Rcpt-To: <a@x>\r\nOriginal-Rcpt-To: hidden\r\n"
      "Original-Rcpt-To: rfc822; b@x\r\n");
  EXPECT_EQ(report.feedback_type, "abuse");
  ASSERT_EQ(report.original_recipients.size(), 2u);
  EXPECT_EQ(report.original_recipients[1].ToString(), "b@x");
}

TEST(OriginalTest, TheIdOfAReceivedFieldIsThatOfItsWriter) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"from a (b [192.0.2.1]) by c (Postfix) with ESMTPS id 4Xabc for <d@e>; "
       "Sat, 21 Nov 2026 00:27:56 +0000",
       "4Xabc"},
      {"by c (Postfix, from userid 0) id 3D534A849A1; x", "3D534A849A1"},
      {"by c id <4Xabc>; x", "4Xabc"},
      {"from id evil (id evil2) by c with SMTP id good; x", "good"},
      {"from a by c; id no", ""},
      {"(qmail 1 invoked by uid 0); 1 Jan 2026", ""},
      {"from a by c with SMTP id", ""},
      {"", ""},
  };
  for (const auto& [value, id] : cases) {
    SCOPED_TRACE(value);
    EXPECT_EQ(ReceivedId(value), id);
  }
}

TEST(OriginalTest, TheLastReceivedTellsWhereItWasSubmitted) {
  struct Case {
    std::string_view received;
    std::string_view want;
  };
  const Case cases[] = {
      {"by a.example (Postfix, from userid 22) id 1; today", "a.example"},
      {"(from root@localhost) by a.example (8.14/8.14/Submit) id 1; today",
       "a.example"},
      {"from pc (c.example [192.0.2.1]) by a.example (Postfix) with ESMTPSA id "
       "1 for <x@y.example>; today",
       "a.example"},
      {"from joe by a.example with local (Exim 4.96) id 1; today", "a.example"},
      {"from x.example by a.example with ESMTPS id 1; today", ""},
      {"from x.example ([192.0.2.1]) by a.example id 1; from local", ""},
      {"", ""},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.received);
    const std::string header =
        "Received: by b.example id 1; today\nReceived: " +
        std::string(test.received) + "\n";
    EXPECT_EQ(ReadOriginal(ParseHeader(header), {}).submitted_at, test.want);
  }
}

TEST(OriginalTest, TheRecipientIsWhomAHostTookItFor) {
  struct Case {
    std::string_view header;
    std::string_view want;
  };
  const Case cases[] = {
      {"To: Joe <joe@b.example>\n", "joe@b.example"},
      {"To: joe@b.example, jim@b.example\n", ""},
      {"To: undisclosed-recipients:;\n", ""},
      {"To: list@b.example\nList-Post: <mailto:list@b.example>\n", ""},
      {"Received: from x (for <a@x.example>) by y id 1\n"
       " for <joe@b.example>; today\nTo: list@b.example\n",
       "joe@b.example"},
      {"Received: by y id 1; today\n"
       "Received: by x id 2 for <joe@b.example>; today\n"
       "Received: by z id 3 for <list@b.example>; today\n",
       "joe@b.example"},
      {"Received: by y for <redacted>; today\nTo: joe@b.example\n",
       "joe@b.example"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.header);
    const auto found = RecipientOf(ParseHeader(test.header));
    EXPECT_EQ(found ? found->ToString() : "", test.want);
  }
}

TEST(OriginalTest, KeepsTheFieldsAskedFor) {
  Header header;
  header.Add("Message-ID", "<a@b> (x)");
  header.Add("Message-ID", "<second@b>");
  header.Add("Return-Path", "<>");
  header.Add("X-Campaign", "=?utf-8?q?=C3=BC?=");
  header.Add("x-campaign", "2");
  const std::vector<std::string> wanted = {"X-Campaign"};
  const Original original = ReadOriginal(header, wanted);
  EXPECT_EQ(original.message_id, "a@b");
  EXPECT_EQ(original.return_path, "");
  ASSERT_EQ(original.extra.size(), 2u);
  EXPECT_EQ(original.extra[0].value, "ü");
}

}  // namespace
}  // namespace postbounce
