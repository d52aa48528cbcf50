#include "daemon/delivery_line.h"

#include <gtest/gtest.h>

#include <string>

#include "daemon/judgement.h"
#include "daemon/runtime.h"

namespace postbounce {
namespace {

constexpr std::string_view kTag = "Nov 21 00:27:56 out postfix/smtp[960]: ";

std::string Line(std::string_view rest) {
  return std::string(kTag) + std::string(rest);
}

Verdict VerdictOf(const DeliveryReport& report) {
  static const RuleSet& rules = *new RuleSet(LoadRules({}).value());
  return JudgeReport(report, rules).recipients.at(0).verdict;
}

TEST(DeliveryLineTest, TakesEveryField) {
  const std::string text = Line(
      "3D534A849A1: to=<m@remote.test>, orig_to=<Old@out.test>, "
      "relay=mx.remote.test[192.0.2.1]:25, conn_use=2, delay=0.05, "
      "delays=0/0/0/0.04, tls=none, dsn=5.2.2, status=bounced (host "
      "mx.remote.test[192.0.2.1] said: 552 5.2.2 (full) (in reply to RCPT TO "
      "command))");
  const auto line = DeliveryLine::Parse(text);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->host, "out");
  EXPECT_EQ(line->queue_id, "3D534A849A1");
  EXPECT_EQ(line->to, "m@remote.test");
  EXPECT_EQ(line->orig_to, "Old@out.test");
  EXPECT_EQ(line->relay, "mx.remote.test[192.0.2.1]:25");
  EXPECT_EQ(line->dsn, "5.2.2");
  EXPECT_EQ(line->status, "bounced");
  const DeliveryReport report = ReportOf(*line);
  ASSERT_EQ(report.recipients.size(), 1u);
  const ReportedRecipient& recipient = report.recipients[0];
  EXPECT_EQ(recipient.diagnostic, "552 5.2.2 (full)");
  EXPECT_EQ(recipient.remote_mta, "mx.remote.test");
  EXPECT_EQ(recipient.action, Action::kFailed);
  EXPECT_EQ(recipient.final_recipient.mailbox->ToString(), "m@remote.test");
  EXPECT_FALSE(recipient.original_recipient.mailbox);
}

TEST(DeliveryLineTest, KnowsTheFormsOfAPrefix) {
  for (std::string_view prefix :
       {"Nov 21 00:27:56 out postfix/smtp[960]: ",
        "Nov  1 00:27:56 out.test postfix-out/submission/smtpd[9]: ",
        "2026-11-21T01:08:10.269032+00:00 vm postfix/smtp[21260]: ",
        "2026-11-21T01:08:10Z vm postfix/smtp[21260]: ",
        "<22>1 2026-11-21T01:08:10Z vm postfix 21260 - -  ",
        "Feb 29 00:27:56 out postfix/smtp[960]: ", "postfix/smtp[123]: "}) {
    SCOPED_TRACE(prefix);
    EXPECT_TRUE(IsPostfixLogLine(prefix));
    EXPECT_TRUE(DeliveryLine::Parse(
        std::string(prefix) +
        "4jWY2c4NLgz1cBKT: to=<a@b.test>, relay=none, delays=1/0/0/0, "
        "dsn=5.4.0, status=bounced (too many hops)\n"));
  }
  for (std::string_view text :
       {"", "550 5.1.1 User unknown", "Subject: postfix/smtp[1]: x",
        "Nov 21 00:27:56 out sshd[960]: x", "host mx/a[192.0.2.1] said: 550",
        "postfix/smtp: ", "postfix/smtp[x]: ", "postfix/smtp[1] ",
        "postfix said this - 550 User unknown"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(IsPostfixLogLine(text));
  }
}

TEST(DeliveryLineTest, BelievesNothingThatAStrangerWroteIntoAnAddress) {
  // Postfix logged these of real mails.
  const std::string sent = Line(
      "87A56AD43FD: to=<\"a>, relay=none, dsn=5.1.1, status=bounced (x) "
      "\"@remote.test>, relay=127.0.0.1[127.0.0.1]:2530, delay=0.07, "
      "delays=0.02/0/0/0.05, dsn=2.0.0, status=sent (250 2.0.0 Ok)");
  const auto line = DeliveryLine::Parse(sent);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->status, "sent");
  EXPECT_EQ(line->dsn, "2.0.0");
  EXPECT_EQ(line->to,
            "\"a>, relay=none, dsn=5.1.1, status=bounced (x) \"@remote.test");
  const std::string quoted = Line(
      "87A56AD43FD: to=<\"user-unknown+q\\\"uo\"@remote.test>, relay=none, "
      "dsn=2.0.0, status=sent (250 2.0.0 Ok)");
  EXPECT_EQ(DeliveryLine::Parse(quoted)->to,
            "\"user-unknown+q\\\"uo\"@remote.test");
}

TEST(DeliveryLineTest, EndsATextAtTheLastParenthesis) {
  const auto text_of = [](std::string_view text) {
    return std::string(
        DeliveryLine::Parse(
            Line("87A56AD43FD: to=<a@b.test>, relay=none, dsn=5.0.0, "
                 "status=bounced " +
                 std::string(text)))
            ->text);
  };
  EXPECT_EQ(text_of("(a) (b)"), "a) (b");
  EXPECT_EQ(text_of("(cut after 2000 by"), "cut after 2000 by");
  EXPECT_EQ(text_of(""), "");
}

TEST(DeliveryLineTest, RefusesOtherLines) {
  for (std::string_view rest :
       {"", "87A56AD43FD: removed", "87A56: to=<a@b.test>",
        "87A56AD43FD: from=<a@b.test>, status=expired, returned to sender",
        "87A56AD43FD: to=<a@b.test>, relay=none, status=sent (x)",
        "87A56AD43FD: to=<a@b.test>, dsn=5.0.0, relay=none, status=sent (x)",
        "87A56AD43FD: to=<a@b.test>, relay=none, dsn=5.0.0, status=odd (x)",
        "87A56AD43FD: to=<\"a@b.test>, relay=none, dsn=5.0.0, status=sent (x)",
        "NOQUEUE: reject: to=<a@b.test>, relay=none, dsn=5.0.0, status=sent",
        "87A56AD43FD: host h[192.0.2.1] said: X: to=<v@b.test>, relay=e, "
        "dsn=5.1.1, status=bounced (host evil said: 550)"}) {
    SCOPED_TRACE(rest);
    EXPECT_FALSE(DeliveryLine::Parse(Line(rest)));
  }
}

TEST(DeliveryLineTest, JudgesALineAsItsReport) {
  const struct {
    std::string_view rest;
    Reason reason;
    ReasonClass reason_class;
  } kCases[] = {
      {"dsn=5.1.1, status=bounced (host h[192.0.2.1] said: 550 5.1.1 User "
       "unknown (in reply to RCPT TO command))",
       Reason::kNoSuchUser, ReasonClass::kHard},
      {"dsn=4.1.1, status=SOFTBOUNCE (host h[192.0.2.1] said: 550 5.1.1 User "
       "unknown (in reply to RCPT TO command))",
       Reason::kNoSuchUser, ReasonClass::kSoft},
      {"dsn=4.4.1, status=deferred (connect to h[192.0.2.1]:25: Connection "
       "refused)",
       Reason::kNetworkError, ReasonClass::kSoft},
      {"dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 550511)",
       Reason::kDelivered, ReasonClass::kNone},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.rest);
    const std::string text = Line("87A56AD43FD: to=<a@b.test>, relay=none, " +
                                  std::string(each.rest));
    const Verdict verdict = VerdictOf(ReportOf(*DeliveryLine::Parse(text)));
    EXPECT_EQ(verdict.reason, each.reason);
    EXPECT_EQ(verdict.reason_class, each.reason_class);
  }
}

TEST(DeliveryLineTest, JudgesABareText) {
  for (std::string_view text :
       {"550 5.1.1 User unknown", "550-5.1.1 User\r\n550 5.1.1 unknown\r\n",
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown",
        "smtp; 550 5.1.1 User unknown",
        "host h[192.0.2.1] said: 550 5.1.1 User unknown (in reply to RCPT TO)",
        "Final-Recipient: rfc822; a@b.test\nAction: failed\nStatus: 5.1.1\n"}) {
    SCOPED_TRACE(text);
    const Verdict verdict = VerdictOf(ReportOfText(text));
    EXPECT_EQ(verdict.reason, Reason::kNoSuchUser);
    EXPECT_EQ(verdict.reason_class, ReasonClass::kHard);
    EXPECT_EQ(verdict.status->ToString(), "5.1.1");
  }
  EXPECT_EQ(VerdictOf(ReportOfText("")).reason, Reason::kUnknown);
}

}  // namespace
}  // namespace postbounce
