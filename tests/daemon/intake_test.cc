#include "daemon/intake.h"

#include <gtest/gtest.h>

#include <string>

#include "daemon/judgement.h"
#include "store/compress.h"

namespace postbounce {
namespace {

constexpr Timestamp kNow{std::chrono::seconds(1'795'220'876)};

Runtime RuntimeWith(const std::string& config) {
  return {ParseConfig(config, "a").value(), LoadRules({}).value(), {{"X-Job"}}};
}

Mail Understand(const std::string& bytes, const std::string& config = "",
                const std::string& recipient = "bounce@example.com",
                Route route = Route::kUnixSocket) {
  Envelope envelope;
  envelope.recipients = {recipient};
  Site site;
  site.hosts = {"out.example"};
  return UnderstandMail(envelope, route, bytes, bytes.size(),
                        RuntimeWith(config), site, kNow);
}

// A report whose original and final recipients differ.
std::string Report(const std::string& received, const std::string& status,
                   const std::string& returned = "") {
  return received +
         "From: MAILER-DAEMON@out.example\nMIME-Version: 1.0\n"
         "Date: Sat, 21 Nov 2026 00:27:56 +0000\n"
         "Content-Type: multipart/report; boundary=b\n\n"
         "--b\nContent-Type: message/delivery-status\n\n"
         "Reporting-MTA: dns; out.example\nX-Postfix-Queue-ID: ABC123DEF\n"
         "Arrival-Date: Sat, 21 Nov 2026 00:00:00 +0000\n\n"
         "Final-Recipient: rfc822; member@inside.example\n"
         "Original-Recipient: rfc822;alias@example.org\n" +
         status + "\n" + returned + "--b--\n";
}

constexpr const char* kReturned =
    "--b\nContent-Type: message/rfc822\n\n"
    "Return-Path: <list@example.com>\n"
    "Received: by out.example (Postfix) id ABC123DEF; Sat, 21 Nov 2026\n"
    "Message-ID: <one@example.com>\nSubject: News\nX-Job: 42\n\n"
    "SECRET BODY\n";

TEST(IntakeTest, KeepsEveryFactForCorrelation) {
  const Mail mail = Understand(
      Report("Received: from mx (mx [192.0.2.1]) by us (Postfix) id 1\n"
             "Received: by mx (Postfix) id 2\n",
             "Action: failed\nStatus: 5.1.1\n", kReturned));
  EXPECT_EQ(mail.kind, MailKind::kDeliveryReport);
  EXPECT_EQ(mail.received, kNow);
  EXPECT_EQ(mail.facts.reporting_mta, "out.example");
  EXPECT_EQ(mail.facts.queue_id, "ABC123DEF");
  EXPECT_EQ(mail.facts.original_message_id, "one@example.com");
  EXPECT_EQ(mail.facts.original_return_path, "list@example.com");
  EXPECT_EQ(mail.facts.received_ids, std::vector<std::string>{"ABC123DEF"});
  EXPECT_EQ(mail.facts.first_received,
            "from mx (mx [192.0.2.1]) by us (Postfix) id 1");
  EXPECT_EQ(mail.facts.second_received, "by mx (Postfix) id 2");
  EXPECT_EQ(mail.facts.envelope_recipients,
            std::vector<std::string>{"bounce@example.com"});
  ASSERT_TRUE(mail.facts.arrival_date.has_value());
  ASSERT_EQ(mail.facts.original_fields.size(), 1u);
  EXPECT_EQ(mail.facts.original_fields[0].second, "42");
  EXPECT_FALSE(mail.for_people);
}

TEST(IntakeTest, AMailWithoutADateHasOneThatStays) {
  std::string bytes = Report("", "Action: failed\nStatus: 5.1.1\n");
  bytes.replace(bytes.find("Date: "), 4, "Dote");
  const Mail mail = Understand(bytes);
  EXPECT_EQ(mail.date, mail.facts.arrival_date);
  EXPECT_EQ(Understand("Subject: x\n\nx").date, kNow);
}

TEST(IntakeTest, ForgetsTheReturnedBodyButNotItsHeaders) {
  const Mail mail =
      Understand(Report("", "Action: failed\nStatus: 5.1.1\n", kReturned));
  const std::string kept = Decompress(mail.kept, 1u << 20).value();
  EXPECT_NE(kept.find("Message-ID: <one@example.com>"), std::string::npos);
  EXPECT_EQ(kept.find("SECRET BODY"), std::string::npos);
}

TEST(IntakeTest, TheMailedAddressIsTheOneThatLeftTheSite) {
  const struct {
    const char* received;
    std::string_view mailed;
  } kCases[] = {
      // Made by the Postfix that had the alias, and mailed its member itself.
      {"by out.example (Postfix) id 77", "member@inside.example"},
      // Made elsewhere: we only mailed what was there before that alias.
      {"from out.example (unknown [192.0.2.1]) by us (Postfix) with SMTP id 77",
       "alias@example.org"},
      {"by us (Postfix) id 77", "alias@example.org"},
      // Sent by a program there, whatever it is.
      {"by out.example (Postfix, from userid 1000) id 77", "alias@example.org"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.received);
    const std::string received = std::string("Received: ") + test.received +
                                 "; Sat, 21 Nov 2026 00:27:56 +0000\n";
    const Mail mail =
        Understand(Report(received, "Action: failed\nStatus: 5.1.1\n"));
    EXPECT_EQ(mail.witnesses.at(0).mailed->ToString(), test.mailed);
    EXPECT_EQ(mail.witnesses.at(0).final_recipient, "member@inside.example");
  }
}

TEST(IntakeTest, OnlyWhatNobodySentIsOfLocalOrigin) {
  const std::string date = "; Sat, 21 Nov 2026 00:27:56 +0000\n";
  const std::string ours = "Received: by out.example (Postfix) id 77" + date;
  const std::string client =
      "Received: from mx (mx [192.0.2.1]) by out.example (Postfix) with SMTP "
      "id 76" +
      date;
  const struct {
    const char* name;
    std::string received;
    Route route;
    bool want;
  } kCases[] = {
      {"a bounce", ours, Route::kUnixSocket, true},
      {"through a port", ours, Route::kInetSocket, false},
      {"in what a client has written", ours, Route::kMilter, false},
      {"in the client's own words", client + ours, Route::kUnixSocket, false},
      {"a stranger's, sent on by an alias", ours + client, Route::kUnixSocket,
       false},
      {"of another host", "Received: by mx.example (Postfix) id 77" + date,
       Route::kUnixSocket, false},
      {"into a command of an alias",
       "Delivered-To: bounces@out.example\n" + ours, Route::kUnixSocket, true},
      {"sent on by an alias, and a trace field was taken out",
       ours + "Delivered-To: errors@out.example\n", Route::kUnixSocket, false},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.name);
    const std::string mail = Report(test.received, "Action: failed\n");
    EXPECT_EQ(
        Understand(mail, "", "b@example.com", test.route).facts.is_local_origin,
        test.want);
  }
}

TEST(IntakeTest, OfTheMilterTheEnvelopeSaysWhichClientItWas) {
  const std::string mail = Report(
      "Received: from a (mx.big.example [192.0.2.9]) by out.example (Postfix) "
      "with SMTP id 76; Sat, 21 Nov 2026 00:27:56 +0000\n",
      "Action: failed\n");
  EXPECT_EQ(Understand(mail).facts.client_name, "mx.big.example");
  Site site;
  site.hosts = {"out.example"};
  const Envelope envelope{
      "", {"b@example.com"}, "mx.evil.example", "192.0.2.66"};
  const Facts facts = UnderstandMail(envelope, Route::kMilter, mail,
                                     mail.size(), RuntimeWith(""), site, kNow)
                          .facts;
  EXPECT_EQ(facts.client_name, "mx.evil.example");
  EXPECT_EQ(facts.client_address, "192.0.2.66");
}

TEST(IntakeTest, WhatPostfixOnlyRepeatsIsNoReportOfItsOwn) {
  const std::string received =
      "Received: by out.example (Postfix) id 77; Sat, 21 Nov 2026 "
      "00:27:56 +0000\n";
  const std::string report = Report(received, "Action: failed\n");
  const auto is_own = [](const std::string& mail, const char* sender) {
    Envelope envelope;
    envelope.sender = sender;
    envelope.recipients = {"b@example.com"};
    Site site;
    site.hosts = {"out.example"};
    return UnderstandMail(envelope, Route::kUnixSocket, mail, mail.size(),
                          RuntimeWith(""), site, kNow)
        .facts.is_local_origin;
  };
  const auto without = [&](std::string_view line) {
    std::string mail = report;
    return mail.erase(mail.find(line), line.size());
  };
  EXPECT_TRUE(is_own(report, ""));
  EXPECT_TRUE(is_own(report, "MAILER-DAEMON"));
  EXPECT_TRUE(is_own(report, "double-bounce@out.example"));
  EXPECT_FALSE(is_own(report, "eve@evil.test"));
  EXPECT_FALSE(is_own(without("X-Postfix-Queue-ID: ABC123DEF\n"), ""));
  EXPECT_FALSE(is_own(without("Reporting-MTA: dns; out.example\n"), ""));
  // As notify_classes has it: the client's words.
  EXPECT_FALSE(is_own(received +
                          "From: MAILER-DAEMON@out.example\n"
                          "Subject: Postfix SMTP server: errors from evil\n\n"
                          "Transcript of session follows.\n\n"
                          " In:  XX <v7@x.test> 550 5.1.1 User unknown\n",
                      "double-bounce@out.example"));
}

TEST(IntakeTest, ABounceAddressDoesNotRenameWhatOurOwnPostfixReports) {
  const std::string mail = Report(
      "Received: by out.example (Postfix) id 77; Sat, 21 Nov 2026 "
      "00:27:56 +0000\n",
      "Action: failed\n");
  const Witness witness =
      Understand(mail, "", "b+alias=example.org@example.com").witnesses.at(0);
  EXPECT_EQ(witness.mailed->ToString(), "member@inside.example");
  EXPECT_EQ(witness.verp, Proof::kNone);
}

TEST(IntakeTest, OnlyTheFirstBounceAddressesAreLookedAt) {
  const std::string mail = Report("", "Action: failed\n");
  Site site;
  for (const std::size_t before : {0u, 3u, 4u}) {
    SCOPED_TRACE(before);
    Envelope envelope;
    envelope.recipients.assign(before, "b+joe=example.net@example.com");
    envelope.recipients.push_back("b+alias=example.org@example.com");
    const Mail understood =
        UnderstandMail(envelope, Route::kUnixSocket, mail, mail.size(),
                       RuntimeWith(""), site, kNow);
    EXPECT_EQ(understood.witnesses.at(0).verp,
              before < 4 ? Proof::kWeak : Proof::kNone);
  }
}

TEST(JudgementTest, TheKindIsTheWeightiestAction) {
  const RuleSet rules = LoadRules({}).value();
  const struct {
    const char* fields;
    std::string_view kind;
  } kCases[] = {
      {"Action: failed\nStatus: 5.1.1\n", "failed"},
      {"Action: failed\nStatus: 4.4.1\n", "failed"},
      {"Action: delayed\nStatus: 4.4.1\n", "delayed"},
      {"Action: delivered\nStatus: 2.0.0\n", "delivered"},
      {"Action: relayed\nStatus: 2.0.0\n", "relayed"},
      {"Action: expanded\nStatus: 2.0.0\n", "expanded"},
      {"Status: 5.1.1\n", "failed"},
      {"Status: 4.2.2\n", "delayed"},
      {"Status: 2.0.0\n", "delivered"},
      {"Diagnostic-Code: smtp; 550 gone\n", "failed"},
      {"Action: expanded\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; "
       "a@b.example\n"
       "Action: failed\nStatus: 5.1.1\n",
       "failed"},
      {"Action: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; "
       "a@b.example"
       "\nAction: delayed\nStatus: 4.0.0\n",
       "delayed"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.fields);
    EXPECT_EQ(Judge(Report("", test.fields), {}, rules).kind, test.kind);
  }
  EXPECT_EQ(Judge("Subject: hello\n\nhello\n", {}, rules).kind, "not-a-bounce");
  EXPECT_EQ(Judge("", {}, rules).kind, "not-a-bounce");
}

TEST(JudgementTest, AnAutoReplyNamesWhoSentIt) {
  const Judgement judgement = Judge(
      "From: Joe <Joe@Example.org>\nAuto-Submitted: auto-replied\n\nOut\n", {},
      LoadRules({}).value());
  EXPECT_EQ(judgement.kind, "auto-reply");
  ASSERT_EQ(judgement.recipients.size(), 1u);
  EXPECT_EQ(judgement.recipients[0].mailed->ToString(), "Joe@Example.org");
  EXPECT_EQ(judgement.recipients[0].verdict.reason, Reason::kAutoReply);
  EXPECT_EQ(judgement.recipients[0].verdict.reason_class, ReasonClass::kNone);
}

TEST(IntakeTest, PeopleAndBouncesThatNameNobodyAreForPeople) {
  const std::string no_recipient =
      "MIME-Version: 1.0\nContent-Type: multipart/report; boundary=b\n\n"
      "--b\nContent-Type: message/delivery-status\n\n"
      "Reporting-MTA: dns; out.example\n\n--b--\n";
  EXPECT_TRUE(Understand("Subject: stop\n\nplease\n").for_people);
  EXPECT_TRUE(Understand(no_recipient).for_people);
  EXPECT_TRUE(Understand("").for_people);
  EXPECT_FALSE(
      Understand(Report("", "Action: failed\nStatus: 5.1.1\n")).for_people);
  EXPECT_FALSE(
      Understand("From: a@b.example\nAuto-Submitted: auto-replied\n\nx\n")
          .for_people);
}

TEST(IntakeTest, ForwardsOnlyWithAnAddressAndOnlyOnce) {
  const std::string config = "[intake]\nforward = \"post@example.org\"\n";
  EXPECT_FALSE(Understand("Subject: a\n\nb\n").forward);
  EXPECT_TRUE(Understand("Subject: a\n\nb\n", config).forward);
  EXPECT_FALSE(
      Understand("X-Postbounce-Forwarded: mx\nSubject: a\n\nb\n", config)
          .forward);
  EXPECT_FALSE(Understand(Report("", "Action: failed\nStatus: 5.1.1\n"), config)
                   .forward);
}

TEST(IntakeTest, WhatIsShownOfAStrangersHeaderIsPrintable) {
  const Mail mail = Understand("From: \x1b[31m=?utf-8?q?J=C3=B6?=\nSubject: " +
                               std::string(5000, 'x') + "\n\n");
  EXPECT_EQ(mail.from.find('\x1b'), std::string::npos);
  EXPECT_NE(mail.from.find("J\xc3\xb6"), std::string::npos);
  EXPECT_LE(mail.subject.size(), 300u);
}

}  // namespace
}  // namespace postbounce
