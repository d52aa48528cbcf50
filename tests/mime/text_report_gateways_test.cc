#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/mime/text_report_told.h"

namespace postbounce {
namespace {

struct Case {
  const char* format;
  const char* from;
  const char* subject;
  const char* text;
  std::vector<std::string> told;
};

void ExpectAll(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.format);
    EXPECT_EQ(Read(MakeHeader(c.from, c.subject), c.text), c.told);
  }
}

TEST(TextReportTest, ReadsWhatGroupwareAndGatewaysWrite) {
  ExpectAll({
      {"Exchange 5.5",
       "System Administrator <postmaster@example.org>",
       "Undeliverable: News",
       "Your message\n"
       "\n"
       "  To:      list@example.com\n"
       "  Subject: News\n"
       "  Sent:    Fri, 4 Oct 2002 17:10:56 -0400\n"
       "\n"
       "did not reach the following recipient(s):\n"
       "\n"
       "joe@example.org on Fri, 4 Oct 2002 17:12:28 -0400\n"
       "    The recipient name is not recognized\n",
       {"joe@example.org failed: on Fri, 4 Oct 2002 17:12:28 -0400 The"
        " recipient name is not recognized"}},
      {"Exchange, by X.400",
       "System Administrator <postmaster@example.org>",
       "Undeliverable: News",
       "did not reach the following recipient(s):\n"
       "\n"
       "c=US;a= ;p=Example;o=Site;dda:SMTP=joe@example.org; on Fri, 4 Oct\n"
       "    Unknown Recipient\n",
       {"joe@example.org failed: ; on Fri, 4 Oct Unknown Recipient"}},
      {"Exchange Online",
       "postmaster@example.org",
       "Undeliverable: News",
       "Delivery has failed to these recipients or groups:\n"
       "\n"
       "joe@example.org<mailto:joe@example.org>\n"
       "The address wasn't found. For more tips see the help.\n"
       "\n"
       "Diagnostic information for administrators:\n"
       "\n"
       "Generating server: A.prod.example.com\n"
       "\n"
       "joe@example.org\n"
       "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'\n"
       "\n"
       "Original message headers:\n",
       {"joe@example.org failed: 550 5.1.10 RESOLVER.ADR.RecipientNotFound"
        " (Remote Server returned)"}},
      {"Domino",
       "Postmaster@example.org",
       "DELIVERY FAILURE: User unknown",
       "Your message\n"
       "\n"
       "  Subject: News\n"
       "\n"
       "was not delivered to:\n"
       "\n"
       "  joe@example.org\n"
       "\n"
       "because:\n"
       "\n"
       "  User joe (joe@example.org) not listed in Domino Directory\n",
       {"joe@example.org failed: because: User joe (joe@example.org) not listed"
        " in Domino Directory"}},
      {"GroupWise",
       "Mailer-Daemon@example.org",
       "Message status - undeliverable",
       "The message that you sent was undeliverable to the following:\n"
       "\tjoe@example.org (user not found)\n",
       {"joe@example.org failed: (user not found)"}},
      {"IMail",
       "\"Postmaster\" <postmaster@example.org>",
       "Undeliverable Mail",
       "Unknown user: joe@example.org\n"
       "\n"
       "RCPT TO generated following response:\n"
       "553 5.3.0 <joe@example.org>... Addressee unknown\n"
       "\n"
       "Original message follows.\n",
       {"joe@example.org failed: 553 5.3.0 <joe@example.org>... Addressee"
        " unknown (RCPT TO generated following response)"}},
      {"IMail, without a reply",
       "\"Postmaster\" <postmaster@example.org>",
       "Undeliverable Mail",
       "User mailbox exceeds allowed size: joe@example.org\n"
       "\n"
       "Original message follows.\n",
       {"joe@example.org failed: User mailbox exceeds allowed size:"}},
      {"MailEnable",
       "\"Delivery Subsystem\" <POSTMASTER@example.org>",
       "Message Delivery Failure",
       "MailEnable: Message could not be delivered to some recipients.\n"
       "The following recipient(s) could not be reached:\n"
       "\n"
       "\tRecipient: [SMTP:joe@example.org]\n"
       "\tReason: Remote SMTP Server Returned: 550 mailbox unavailable\n",
       {"joe@example.org failed: 550 mailbox unavailable (Reason: Remote SMTP"
        " Server Returned)"}},
      {"MailFoundry",
       "MAILER-DAEMON@example.net",
       "Message delivery has failed",
       "Unable to deliver message to: <joe@example.org>\n"
       "Delivery failed for the following reason:\n"
       "Server mx.example.org[192.0.2.7] failed with: 550 no such user\n"
       "\n"
       "This has been a permanent failure.\n",
       {"joe@example.org failed: 550 no such user (Delivery failed for the"
        " following reason: Server mx.example.org[192.0.2.7] failed with)"
        " [mx.example.org]"}},
      {"InterScan",
       "imss@example.org",
       "Mail could not be delivered",
       "****** Message from InterScan Messaging Security Suite ******\n"
       "\n"
       "Sent <<< RCPT TO:<joe@example.org>\n"
       "Received >>> 550 5.1.1 unknown user.\n"
       "\n"
       "Unable to deliver message to <joe@example.org> (and other recipients"
       " in the same domain).\n",
       {"joe@example.org failed: 550 5.1.1 unknown user."}},
      {"LSMTP",
       "\"LSMTP\" <postmaster@example.org>",
       "Undelivered mail",
       "An error was detected while processing the enclosed message.\n"
       "\n"
       "--> Error description:\n"
       "Error-for:  joe@example.org\n"
       "Error-Code: 0\n"
       "Error-Text: Mailer mx.example.org said:\n"
       "            \"554 Message looping\"\n"
       "Error-End:  One error reported.\n",
       {"joe@example.org failed: 554 Message looping"
        " (Error-Code: 0 Error-Text: Mailer mx.example.org said)"
        " [mx.example.org]"}},
      {"CommuniGate",
       "<MAILER-DAEMON@example.org>",
       "Undeliverable mail: Hi",
       "Failed to deliver to '<joe@example.org>'\n"
       "LOCAL module(account joe) reports:\n"
       " account is full (quota exceeded)\n",
       {"joe@example.org failed: Failed to deliver to '<joe@example.org>' LOCAL"
        " module(account joe) reports: account is full (quota exceeded)"}},
  });
}

TEST(TextReportTest, ReadsWhatProvidersWrite) {
  ExpectAll({
      {"Gmail",
       "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
       "Delivery Status Notification (Failure)",
       "Delivery to the following recipient failed permanently:\n"
       "\n"
       "     joe@example.org\n"
       "\n"
       "Technical details of permanent failure: \n"
       "Google tried to deliver your message, but it was rejected by the"
       " recipient domain. The error that the other server returned was: 550"
       " 550 5.1.1 <joe@example.org>... User Unknown (state 14).\n"
       "\n"
       "----- Original message -----\n",
       {"joe@example.org failed: 550 550 5.1.1 <joe@example.org>... User"
        " Unknown (state 14). (Technical details of permanent failure: Google"
        " tried to deliver your message, but it was rejected by the recipient"
        " domain. The error that the other server returned was)"}},
      {"Yahoo",
       "MAILER-DAEMON@yahoo.com",
       "Failure Notice",
       "Sorry, we were unable to deliver your message to the following"
       " address.\n"
       "\n"
       "<joe@example.org>:\n"
       "550: 5.2.2 Mailbox Full\n"
       "\n"
       "--- Below this line is a copy of the message.\n",
       {"joe@example.org failed: 550: 5.2.2 Mailbox Full"}},
      {"KDDI",
       "no-reply@example.ne.jp",
       "Mail System Error - Returned Mail",
       "Your mail sent on: Thu, 29 Apr 2013 00:00:00 +0900\n"
       "     Could not be delivered to: <joe@example.org>\n"
       "     As their mailbox is full.\n",
       {"joe@example.org failed: Could not be delivered to: As their mailbox is"
        " full."}},
      {"ezweb",
       "Postmaster@ezweb.ne.jp",
       "Mail System Error - Returned Mail",
       "Each of the following recipients was rejected by a remote\n"
       "mail server.\n"
       "    Recipient: <joe@example.org>\n"
       "    >>> RCPT TO:<joe@example.org>\n"
       "    <<< 550 <joe@example.org>: User unknown\n",
       {"joe@example.org failed: 550 <joe@example.org>: User unknown (>>> RCPT"
        " TO:<joe@example.org>)"}},
      {"Zoho",
       "mailer-daemon@mail.zoho.com",
       "Undelivered Mail Returned to Sender",
       "A message that you sent could not be delivered to one or more of its"
       " recipients.\n"
       "\n"
       "joe@example.org Invalid Address, ERROR_CODE :550, ERROR_CODE :5.2.1"
       " <joe@example.org>... User Unknown\n"
       "\n"
       "Received:from mail.zoho.com by mx.zohomail.com\n"
       "Message-ID:<14a3@zoho.example.com>\n"
       "To:<third@example.org>\n",
       {"joe@example.org failed: 550, ERROR_CODE :5.2.1 <joe@example.org>..."
        " User Unknown (Invalid Address, ERROR_CODE)"}},
      {"Mimecast",
       "\"postmaster\" <postmaster@example.net>",
       "[Postmaster] Email Delivery Failure",
       "An email that you attempted to send to the following address could not"
       " be delivered:\n"
       "\n"
       "-- joe@example.org\n"
       "\n"
       "The problem appears to be :\n"
       "-- Recipient email address is possibly incorrect\n"
       "\n"
       "Additional information follows :\n"
       "-- 5.4.1 Recipient address rejected: Access denied.\n"
       "\n"
       "This condition occurred after 1 attempt(s) to deliver.\n",
       {"joe@example.org failed: 5.4.1 Recipient address rejected: Access"
        " denied. (The problem appears to be : -- Recipient email address is"
        " possibly incorrect Additional information follows)"}},
      {"GMX",
       "MAILER-DAEMON@mail.gmx.com",
       "Mail delivery failed: returning message to sender",
       "A message that you sent could not be delivered to one or more of\n"
       "its recipients. The following address\n"
       "failed:\n"
       "\n"
       "\"joe@example.org\":\n"
       "SMTP error from remote server after RCPT command:\n"
       "host: mx.example.org\n"
       "5.2.2 Mailbox Full\n"
       "\n"
       "--- The header of the original message is following. ---\n",
       {"joe@example.org failed: 5.2.2 Mailbox Full (SMTP error from remote"
        " server after RCPT command: host: mx.example.org)"
        " [mx.example.org]"}},
      {"a carrier",
       "post_master@example.org",
       "Re:News",
       "Error: Invalid user address\n"
       "\n"
       "Error message below:\n"
       "550 - Requested action not taken: no such user here\n"
       "\n"
       "Message details:\n"
       "  MAIL FROM: news@example.com\n"
       "  RCPT TO: joe@example.org\n"
       "  From: News <news@example.com>\n"
       "  CC: undisclosed\n",
       {"joe@example.org failed: 550 - Requested action not taken: no such user"
        " here"}},
  });
}

}  // namespace
}  // namespace postbounce
