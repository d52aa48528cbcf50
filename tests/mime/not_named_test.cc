// Mails that speak of failures and addresses, and what must not come of it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mime/reading.h"
#include "tests/mime/sample_report.h"

namespace postbounce {
namespace {

// "failed joe@example.org": the action and address of each recipient, or "-".
std::string Told(const std::string& mail) {
  const Reading reading = ReadMail(mail, {});
  if (reading.kind != MailKind::kDeliveryReport) return "-";
  std::string told;
  for (const ReportedRecipient& recipient : reading.report.recipients) {
    if (!told.empty()) told += ", ";
    told += std::string(ActionName(recipient.action)) + ' ' +
            (recipient.final_recipient.mailbox
                 ? recipient.final_recipient.mailbox->ToString()
                 : "?");
  }
  return told;
}

std::string Bounce(std::string_view text) {
  return "From: MAILER-DAEMON@mx.example.net\nTo: list@example.com\n"
         "Subject: Undelivered Mail Returned to Sender\n\n" +
         std::string(text);
}

TEST(NotNamedTest, WhoIsNotARecipientOfABounce) {
  const struct {
    const char* name;
    std::string mail;
    const char* told;
  } cases[] = {
      {"a helpdesk",
       Bounce("Your message to joe@example.org could not be delivered: user "
              "unknown.\n\nQuestions? Write to:\nhelpdesk@example.org\n"),
       "failed joe@example.org"},
      {"a helpdesk in a signature",
       Bounce("Your message to joe@example.org could not be delivered.\n\n"
              "-- \nhelpdesk@example.org\n"),
       "failed joe@example.org"},
      {"a German postmaster",
       Bounce("Ihre Nachricht an joe@example.org konnte nicht zugestellt "
              "werden.\n\nBei Fragen wenden Sie sich bitte an\n"
              "postmaster@example.org\n"),
       "failed joe@example.org"},
      {"who is in a report that the returned message has",
       Bounce("<joe@example.org>: 452 4.2.2 mailbox full\n\n"
              "--- Original message follows ---\nFrom: list@example.com\n"
              "To: joe@example.org\nSubject: hi\n\nReporting-MTA: dns; x\n\n"
              "Final-Recipient: rfc822; victim@example.com\nAction: failed\n"
              "Status: 5.1.1\n"),
       "failed joe@example.org"},
      {"who is in a quoted mail",
       Bounce("Your message was not delivered to <joe@example.org>: 452 full\n"
              "On Monday list@example.com wrote:\n"
              "> recipient: victim@example.com\n> 550 5.1.1 user unknown\n"),
       "failed joe@example.org"},
      {"behind an HTML block",
       "From: MAILER-DAEMON@x\nSubject: Undeliverable: x\n"
       "Content-Type: text/html\n\n<p>Your message could not be delivered.</p>"
       "<blockquote>joe@example.org</blockquote><section>550 no</section>",
       "failed joe@example.org"},
      {"the postmaster of a report without a mailbox",
       Replaced(
           Replaced(Report(kStatus, kOriginal), "rfc822; a@b", "unknown; joe"),
           "Sorry.",
           "Your message could not be delivered.\n"
           "The mail system administrator:\n<postmaster@example.net>"),
       "failed ?"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Told(c.mail), c.told);
  }
}

TEST(NotNamedTest, WhatIsNoBounce) {
  const struct {
    const char* name;
    std::string mail;
  } cases[] = {
      {"an automatic reply",
       "Return-Path: <>\nFrom: Joe <joe@example.org>\n"
       "Subject: Automatic reply: Offer\nAuto-Submitted: auto-replied\n\n"
       "Joe has left, this mail was not delivered. This address does not "
       "exist any more:\njoe@example.org\nNew colleague:\nbob@example.org\n"},
      {"an answer, in German",
       "From: Joe <joe@example.org>\n"
       "Subject: AW: Undelivered Mail Returned to Sender\n\n"
       "<jim@example.org>: 550 5.1.1 user unknown\n"},
      {"an answer on a list",
       "From: Joe <joe@example.org>\n"
       "Subject: [list] Re: Undelivered Mail Returned to Sender\n\n"
       "<jim@example.org>: 550 5.1.1 user unknown\n"},
      {"a ticket",
       "From: help@example.org\nSubject: Undeliverable: your mail\n"
       "In-Reply-To: <1@x>\n\n<jim@example.org>: 550 5.1.1 user unknown\n"},
      {"a person with a report attached",
       "From: Ann <ann@example.org>\nSubject: please look\n"
       "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWhat is it?\n"
       "--b\nContent-Type: message/delivery-status\n\n" +
           std::string(kStatus) + "\n--b--\n"},
      {"a person with a notification of Amazon's",
       "From: Ann <ann@example.org>\nSubject: hm\n\n"
       "{\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":"
       "\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":"
       "\"joe@example.org\"}]},\"mail\":{\"messageId\":\"1\"}}\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Told(c.mail), "-");
  }
}

TEST(NotNamedTest, WhatIsTriedAgainHasNotFailed) {
  for (const std::string_view text :
       {"This is NOT a permanent failure, delivery attempts will continue.\n",
        "Ihre Nachricht konnte noch nicht zugestellt werden.\n",
        "Votre message n'a pas encore été remis.\n",
        "It could not be delivered so far. We will try again for 3 days.\n"}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(Told(Bounce(std::string(text) +
                          "\n<joe@example.org>: Host not found\n")),
              "delayed joe@example.org");
  }
}

}  // namespace
}  // namespace postbounce
