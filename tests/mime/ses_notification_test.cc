#include "mime/ses_notification.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mime/reading.h"

namespace postbounce {
namespace {

constexpr std::string_view kBounce = R"({
  "notificationType": "Bounce",
  "bounce": {
    "bounceType": "Permanent", "bounceSubType": "General",
    "bouncedRecipients": [
      {"emailAddress": "joe@example.net", "action": "failed",
       "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 no such user"},
      {"emailAddress": "Jim <jim@example.net>"}],
    "reportingMTA": "dsn; out.ses.example"},
  "mail": {"source": "news@example.com", "messageId": "0100-1",
    "headers": [{"name": "List-Id", "value": "<news.example.com>"}],
    "commonHeaders": {"messageId": "<1@example.com>", "subject": "News"}}})";

std::string InEnvelope(std::string_view message) {
  std::string escaped;
  for (const char c : message) {
    if (c == '"') escaped += '\\';
    if (c != '\n') escaped += c;
  }
  return R"({"Type" : "Notification", "Message" : ")" + escaped + "\"}";
}

std::string Replaced(std::string text, std::string_view from,
                     std::string_view to) {
  return text.replace(text.find(from), from.size(), to);
}

TEST(SesNotificationTest, ReadsABounceWithItsRecipients) {
  const auto found = ParseSesNotification(kBounce);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind, MailKind::kDeliveryReport);
  EXPECT_EQ(found->report.reporting_mta, "out.ses.example");
  EXPECT_EQ(found->report.queue_id, "0100-1");
  ASSERT_EQ(found->report.recipients.size(), 2u);
  const ReportedRecipient& joe = found->report.recipients[0];
  EXPECT_EQ(joe.final_recipient.text, "joe@example.net");
  EXPECT_EQ(joe.action, Action::kFailed);
  EXPECT_EQ(joe.status, "5.1.1");
  EXPECT_EQ(joe.diagnostic_type, "smtp");
  EXPECT_EQ(joe.diagnostic, "550 5.1.1 no such user");
  const ReportedRecipient& jim = found->report.recipients[1];
  ASSERT_TRUE(jim.final_recipient.mailbox.has_value());
  EXPECT_EQ(jim.final_recipient.mailbox->ToString(), "jim@example.net");
  EXPECT_EQ(jim.action, Action::kFailed);
  EXPECT_EQ(jim.status, "5.0.0");
  EXPECT_EQ(jim.diagnostic, "Amazon SES: General");
  EXPECT_EQ(found->original.message_id, "1@example.com");
  EXPECT_EQ(found->original.return_path, "news@example.com");
  EXPECT_EQ(found->original.subject, "News");
  EXPECT_EQ(found->original.list_id, "<news.example.com>");
}

TEST(SesNotificationTest, TellsWhatWasNeverSent) {
  for (const std::string_view type :
       {"Suppressed", "OnAccountSuppressionList"}) {
    SCOPED_TRACE(type);
    const auto found =
        ParseSesNotification(Replaced(std::string(kBounce), "General", type));
    ASSERT_TRUE(found.has_value());
    for (const ReportedRecipient& recipient : found->report.recipients) {
      EXPECT_NE(recipient.diagnostic.find("suppression list"),
                std::string::npos);
    }
  }
}

TEST(SesNotificationTest, ReadsEveryKind) {
  struct Case {
    std::string_view json;
    MailKind kind;
    Action action;
  };
  const Case cases[] = {
      {R"({"notificationType":"Delivery","delivery":{"recipients":["a@b.c"],)"
       R"("smtpResponse":"250 2.6.0 ok"}})",
       MailKind::kDeliveryReport, Action::kDelivered},
      {R"({"eventType":"DeliveryDelay","deliveryDelay":{"delayedRecipients":)"
       R"([{"emailAddress":"a@b.c","status":"4.4.1"}],)"
       R"("delayType":"MailboxFull"}})",
       MailKind::kDeliveryReport, Action::kDelayed},
      {R"({"eventType":"Bounce","bounce":{"bounceType":"Transient",)"
       R"("bouncedRecipients":[{"emailAddress":"a@b.c"}]}})",
       MailKind::kDeliveryReport, Action::kFailed},
      {R"({"notificationType":"Complaint","complaint":)"
       R"({"complainedRecipients":[{"emailAddress":"a@b.c"}]}})",
       MailKind::kComplaint, Action::kOther},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.json);
    const auto found = ParseSesNotification(test.json);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->kind, test.kind);
    if (test.kind == MailKind::kComplaint) {
      ASSERT_EQ(found->complaint.original_recipients.size(), 1u);
      EXPECT_EQ(found->complaint.feedback_type, "abuse");
      continue;
    }
    ASSERT_EQ(found->report.recipients.size(), 1u);
    EXPECT_EQ(found->report.recipients[0].action, test.action);
    EXPECT_EQ(found->report.recipients[0].final_recipient.text, "a@b.c");
  }
}

TEST(SesNotificationTest, IsFoundWhereverItStands) {
  const std::string bounce(kBounce);
  const std::string header = "From: x <no-reply@sns.amazonaws.com>\n";
  for (const std::string& mail :
       {bounce, InEnvelope(bounce), header + "\n" + bounce,
        header + "\n" + InEnvelope(bounce) + "\n\n--\nTo unsubscribe\n",
        // As sendmail breaks long lines.
        header + "\n" + Replaced(InEnvelope(bounce), "News", "Ne!\n ws"),
        header + "Content-Type: application/json\n\n" + bounce,
        header +
            "Content-Type: multipart/mixed; boundary=q\n\n--q\n\nHi.\n"
            "--q\nContent-Type: application/octet-stream\n\n" +
            bounce + "\n--q--\n"}) {
    SCOPED_TRACE(mail);
    const Reading reading = ReadMail(mail, {});
    EXPECT_EQ(reading.kind, MailKind::kDeliveryReport);
    EXPECT_EQ(reading.report.recipients.size(), 2u);
    ASSERT_TRUE(reading.original.has_value());
    EXPECT_EQ(reading.original->subject, "News");
  }
}

TEST(SesNotificationTest, AFieldDoesNotReachIntoTheNext) {
  const auto found = ParseSesNotification(
      R"({"notificationType":"Bounce","bounce":{"bouncedRecipients":[)"
      R"({"emailAddress":"a@b.c","diagnosticCode":)"
      R"("x\n\nFinal-Recipient: rfc822; victim@b.c\nAction: failed"}]}})");
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->report.recipients.size(), 1u);
  EXPECT_EQ(found->report.recipients[0].final_recipient.text, "a@b.c");
}

TEST(SesNotificationTest, RejectsWhatIsNoNotification) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{}"), std::string("[]"),
        std::string("hello"), std::string(R"({"notificationType":"Open"})"),
        std::string(R"({"notificationType":7})"),
        std::string(R"({"Type":"Notification","Message":"hi"})"),
        std::string(R"({"Type":"SubscriptionConfirmation"})"),
        std::string(100'000, '{'), R"({"a":)" + std::string(100'000, '[')}) {
    SCOPED_TRACE(text.substr(0, 60));
    EXPECT_FALSE(ParseSesNotification(text).has_value());
  }
}

TEST(SesNotificationTest, OddTypesAreLeftOut) {
  const auto found = ParseSesNotification(
      R"({"notificationType":"Bounce","bounce":{"bouncedRecipients":)"
      R"([7, null, {"emailAddress":7}, "a@b.c"]},"mail":[]})");
  ASSERT_TRUE(found.has_value());
  for (const ReportedRecipient& recipient : found->report.recipients) {
    EXPECT_FALSE(recipient.final_recipient.mailbox.has_value());
  }
}

}  // namespace
}  // namespace postbounce
