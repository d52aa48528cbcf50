#include "mime/reading.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "mime/text/limits.h"
#include "tests/mime/sample_report.h"

namespace postbounce {
namespace {

TEST(ReadMailTest, AnOrdinaryMailIsNoBounce) {
  for (const std::string_view bytes :
       {"Subject: hi\n\nFinal-Recipient: rfc822; a@b\nAction: failed\n",
        "Precedence: bulk\n\nx\n", "Precedence: list\n\nx\n",
        "Auto-Submitted: no\n\nx\n", "", "\n\n"}) {
    SCOPED_TRACE(bytes);
    const Reading reading = ReadMail(bytes, {});
    EXPECT_EQ(reading.kind, MailKind::kOther);
    EXPECT_TRUE(reading.report.recipients.empty());
  }
}

TEST(ReadMailTest, AnAutoReplySaysSo) {
  for (const std::string_view field :
       {"Auto-Submitted: auto-replied", "auto-submitted: Auto-Generated (x)",
        "X-Autoreply: yes", "X-Autorespond: x", "Precedence: auto_reply",
        "Content-Type: message/disposition-notification",
        "Content-Type: multipart/report; "
        "report-type=Disposition-Notification"}) {
    SCOPED_TRACE(field);
    EXPECT_EQ(ReadMail(std::string(field) + "\n\naway\n", {}).kind,
              MailKind::kAutoReply);
  }
}

TEST(ReadMailTest, ABounceInPlainTextIsNoAutoReply) {
  for (const std::string_view field :
       {"From: Mail Delivery System <Mailer-Daemon@mx.example>",
        "From: MAILER-DAEMON (Mail Delivery Subsystem)",
        "From: <postmaster@example.com>", "X-Failed-Recipients: a@b"}) {
    SCOPED_TRACE(field);
    const std::string mail = std::string(field) +
                             "\nAuto-Submitted: auto-replied\n\n"
                             "This message could not be delivered.\n";
    EXPECT_EQ(ReadMail(mail, {}).kind, MailKind::kOther);
  }
}

TEST(ReadMailTest, AReportOutweighsWhatTheHeaderSays) {
  const Reading reading = ReadMail(Report(kStatus, kOriginal), {});
  EXPECT_EQ(reading.kind, MailKind::kDeliveryReport);
  ASSERT_EQ(reading.report.recipients.size(), 1u);
  ASSERT_TRUE(reading.original.has_value());
  EXPECT_EQ(reading.original->message_id, "1@x");
  EXPECT_EQ(reading.header.Get("From"), "MAILER-DAEMON@x");
}

TEST(ReadMailTest, AReportThatIsForwardedIsRead) {
  const std::string report = Report(kStatus, kOriginal);
  const std::string once =
      WithAttached("From: joe@a.example\n", "See.", report);
  const std::string twice = WithAttached("From: jim@a.example\n", "See.",
                                         Replaced(once, "out", "in"));
  for (const std::string& bytes :
       {once, twice,
        WithAttached("From: postmaster@a.example\n", "", report)}) {
    SCOPED_TRACE(bytes);
    const Reading reading = ReadMail(bytes, {});
    EXPECT_EQ(reading.kind, MailKind::kDeliveryReport);
    ASSERT_EQ(reading.report.recipients.size(), 1u);
    EXPECT_EQ(reading.report.recipients[0].final_recipient.text, "a@b");
    ASSERT_TRUE(reading.original.has_value());
    EXPECT_EQ(reading.original->message_id, "1@x");
    // Whoever forwards says who brought the report here.
    EXPECT_NE(reading.header.Get("From"), "MAILER-DAEMON@x");
  }
}

TEST(ReadMailTest, AReportThatABounceReturnsDecidesNothing) {
  const Reading reading =
      ReadMail(WithAttached("From: MAILER-DAEMON@y\nSubject: failure notice\n",
                            "Sorry, your message could not be delivered.\n"
                            "<joe@y.example>: no such user\n",
                            Report(kStatus, kOriginal)),
               {});
  ASSERT_EQ(reading.report.recipients.size(), 1u);
  EXPECT_EQ(reading.report.recipients[0].final_recipient.text, "joe@y.example");
  // Nor does it where the bounce cannot be read.
  EXPECT_EQ(ReadMail(WithAttached("From: MAILER-DAEMON@y\n",
                                  "Hyvää päivää <joe@y.example>!",
                                  Report(kStatus, kOriginal)),
                     {})
                .kind,
            MailKind::kOther);
}

TEST(ReadMailTest, AnAttachedMailFromAPersonIsNothing) {
  const std::string bytes = WithAttached(
      "From: joe@a.example\n", "See.",
      "From: jim@a.example\nSubject: Undelivered?\n\nHi joe@a.example\n");
  EXPECT_EQ(ReadMail(bytes, {}).kind, MailKind::kOther);
}

constexpr std::string_view kSystem = "From: MAILER-DAEMON@x\n";

TEST(ReadMailTest, AReportIsReadWhateverItsType) {
  const std::string status(kStatus);
  for (const std::string& bytes : {
           Replaced(Report(kStatus, kOriginal), "message/delivery-status",
                    "text/plain"),
           Replaced(Report(kStatus, kOriginal), "message/delivery-status",
                    "application/octet-stream"),
           Replaced(Report(kStatus, kOriginal), "message/delivery-status",
                    "message/status"),
           Replaced(Report(kStatus, kOriginal),
                    "Content-Type: message/delivery-status", "X: y"),
           Replaced(Report(kStatus, kOriginal), "boundary=q", "boundary=p"),
           std::string(kSystem) +
               "Content-Type: multipart/report\n\nSorry.\n\n" + status +
               "\nReceived: by x\nMessage-ID: <1@x>\n\nhi\n",
           std::string(kSystem) + "\n" + status,
           std::string(kSystem) + "Content-Type: message/delivery-status\n\n" +
               status,
           "Subject: Undeliverable: hello\n\nDetails:\n" + status,
       }) {
    SCOPED_TRACE(bytes);
    const Reading reading = ReadMail(bytes, {});
    EXPECT_EQ(reading.kind, MailKind::kDeliveryReport);
    EXPECT_EQ(reading.report.reporting_mta, "x");
    ASSERT_EQ(reading.report.recipients.size(), 1u);
    EXPECT_EQ(reading.report.recipients[0].final_recipient.text, "a@b");
    EXPECT_EQ(reading.report.recipients[0].status, "5.1.1");
  }
}

TEST(ReadMailTest, AReportBehindAReturnedHeaderIsNoReport) {
  const std::string bytes =
      std::string(kSystem) + "\nReceived: by x\n\n" + std::string(kStatus);
  EXPECT_EQ(ReadMail(bytes, {}).kind, MailKind::kOther);
}

TEST(ReadMailTest, AReportFarDownInATextIsNoReport) {
  const auto mail = [](std::size_t size) {
    return "From: MAILER-DAEMON@x\nSubject: x\n\n" + std::string(size, 'x') +
           "\n\n" + std::string(kStatus);
  };
  EXPECT_EQ(ReadMail(mail(60u << 10), {}).report.recipients.size(), 1u);
  EXPECT_TRUE(ReadMail(mail(70u << 10), {}).report.recipients.empty());
}

TEST(ReadMailTest, FindsTheOriginalBehindAnEmbeddedReport) {
  const Reading reading =
      ReadMail(std::string(kSystem) + "\n" + std::string(kStatus) +
                   "\nReturn-Path: <s@x>\nMessage-ID: <1@x>\n\n"
                   "Final-Recipient: rfc822; victim@b\nAction: failed\n",
               {});
  ASSERT_EQ(reading.report.recipients.size(), 1u);
  ASSERT_TRUE(reading.original.has_value());
  EXPECT_EQ(reading.original->message_id, "1@x");
}

TEST(ReadMailTest, AForgedReportInTheOriginalDecidesNothing) {
  const std::string original =
      "Content-Type: message/rfc822\n\n" +
      Replaced(
          Report(Replaced(std::string(kStatus), "a@b", "victim@b"), kOriginal),
          "--q", "--r");
  const Reading reading = ReadMail(
      Report(kStatus, Replaced(original, "boundary=q", "boundary=r")), {});
  ASSERT_EQ(reading.report.recipients.size(), 1u);
  EXPECT_EQ(reading.report.recipients[0].final_recipient.text, "a@b");
}

TEST(ReadMailTest, AReportThatAsksForConfirmationIsForPeople) {
  for (const std::string_view reply :
       {"smtp; 550 Your server requires confirmation. Visit http://a.example",
        "X-Notice; Sender not pre-approved, follow the link",
        "smtp; 550 Prove that you are a human: http://a.example",
        "smtp; 450 Held until you confirm"}) {
    SCOPED_TRACE(reply);
    const std::string status = std::string(kStatus) + "Diagnostic-Code: ";
    const std::string asks = status + std::string(reply) + "\n";
    EXPECT_EQ(ReadMail(Report(asks, kOriginal), {}).kind, MailKind::kOther);
    // But for the one who really failed, it is a bounce.
    const Reading mixed = ReadMail(
        Report(asks + "\nFinal-Recipient: rfc822; c@d\nAction: failed\n"
                      "Status: 5.1.1\nDiagnostic-Code: smtp; 550 unknown\n",
               kOriginal),
        {});
    EXPECT_EQ(mixed.kind, MailKind::kDeliveryReport);
    EXPECT_EQ(mixed.report.recipients.size(), 2u);
  }
}

TEST(ReadMailTest, ARefusalIsNoChallenge) {
  for (const std::string_view reply :
       {"550 Sender verification failed", "550 5.7.1 Authentication required",
        "550 5.7.1 Visit http://a.example to be removed from the blacklist",
        "550 The group only accepts mail from its members"}) {
    SCOPED_TRACE(reply);
    const std::string status =
        std::string(kStatus) + "Diagnostic-Code: smtp; " + std::string(reply);
    EXPECT_EQ(ReadMail(Report(status, kOriginal), {}).kind,
              MailKind::kDeliveryReport);
  }
}

TEST(ReadMailTest, TheSubjectTellsAutomaticReplies) {
  for (const std::string_view subject :
       {"Automatic reply: News", "AUTO: Joe is out of the office",
        "Out of Office AutoReply: News", "[Autoreply] News",
        "Automatische Antwort: News",
        "=?utf-8?Q?R=C3=A9ponse_automatique=C2=A0:_News?=",
        "Respuesta =?utf-8?Q?autom=C3=A1tica:?= News",
        "=?utf-8?B?6Ieq5YuV5b+c562U?=: News",
        "=?utf-8?B?0JDQstGC0L7QvtGC0LLQtdGC?=: News"}) {
    SCOPED_TRACE(subject);
    const std::string mail =
        "From: joe@a.example\nSubject: " + std::string(subject) + "\n\nhi\n";
    EXPECT_EQ(ReadMail(mail, {}).kind, MailKind::kAutoReply);
    EXPECT_EQ(ReadMail("From: a@b.c\nSubject: Re: " + std::string(subject) +
                           "\n\nhi\n",
                       {})
                  .kind,
              MailKind::kOther);
  }
  const std::string away = "Subject: Out of office next week\n\nhi\n";
  EXPECT_EQ(ReadMail(away, {}).kind, MailKind::kOther);
  EXPECT_EQ(ReadMail("Precedence: bulk\nSubject: Autos\n\nhi\n", {}).kind,
            MailKind::kOther);
  EXPECT_EQ(ReadMail("X-Auto-Response-Suppress: All\n" + away, {}).kind,
            MailKind::kAutoReply);
  EXPECT_EQ(
      ReadMail("X-Auto-Response-Suppress: All\nSubject: hi\n\nhi\n", {}).kind,
      MailKind::kOther);
}

TEST(ReadMailTest, ACommentBehindTheStatusIsAReason) {
  struct Case {
    std::string_view status;
    std::string_view want;
  };
  const Case cases[] = {
      {"4.0.0 (b: lookup failure)", "b: lookup failure"},
      {"4.0.0 (b (c)) x", "b (c)"},
      {"4.0.0 (b", "b"},
      {"4.0.0 )b(", ""},
      {"4.0.0", ""},
      {"4.0.0 (b)\nDiagnostic-Code: smtp; 450 later", "450 later"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.status);
    const std::string status =
        "Final-Recipient: rfc822; a@b\nAction: delayed\nStatus: " +
        std::string(test.status);
    const Reading reading = ReadMail(Report(status, kOriginal), {});
    ASSERT_EQ(reading.report.recipients.size(), 1u);
    EXPECT_EQ(reading.report.recipients[0].diagnostic, test.want);
  }
}

TEST(ReadMailTest, AnEmbeddedReportIsNoTextAboutItself) {
  const Reading reading = ReadMail(
      std::string(kSystem) + "\n554 5.0.0 <a@b>... Service unavailable\n\n" +
          std::string(kStatus) + "Last-Attempt-Date: today\n",
      {});
  ASSERT_EQ(reading.report.recipients.size(), 1u);
  EXPECT_EQ(reading.report.recipients[0].diagnostic,
            "554 5.0.0 <a@b>... Service unavailable");
}

TEST(ReadMailTest, ATwentyThousandRecipientReportIsReadUpToTheLimit) {
  std::string status = "Reporting-MTA: dns; x\n\n";
  for (int i = 0; i < 20'000; ++i) {
    status += "Final-Recipient: rfc822; u" + std::to_string(i) +
              "@b\nAction: failed\nStatus: 5.1.1\n\n";
  }
  const Reading reading = ReadMail(Report(status, kOriginal), {});
  EXPECT_EQ(reading.report.recipients.size(), limits::kReportRecipients);
  EXPECT_EQ(reading.report.recipients_omitted, 10'000u);
  EXPECT_TRUE(reading.truncated);
  EXPECT_TRUE(reading.original.has_value());
}

TEST(ReadMailTest, ALongDiffInTheOriginalHidesNothing) {
  std::string diff = "Content-Type: message/rfc822\n\nSubject: patch\n\n";
  for (int i = 0; i < 10'000; ++i) diff += "--- a/file\n+++ b/file\n--\n";
  const std::string behind = diff +
                             "--q\nContent-Type: message/delivery-status\n\n" +
                             std::string(kStatus);
  const Reading reading = ReadMail(Report(kStatus, behind), {});
  EXPECT_FALSE(reading.truncated);
  EXPECT_EQ(reading.report.recipients.size(), 2u);
}

}  // namespace
}  // namespace postbounce
