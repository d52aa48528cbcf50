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

TEST(TextReportTest, ReadsWhatUnixMailSystemsWrite) {
  ExpectAll({
      {"qmail (QSBMF)",
       "MAILER-DAEMON@mx.example.net",
       "failure notice",
       "Hi. This is the qmail-send program at mx.example.net.\n"
       "I'm afraid I wasn't able to deliver your message to the following"
       " addresses.\n"
       "This is a permanent error; I've given up. Sorry it didn't work out.\n"
       "\n"
       "<joe@example.org>:\n"
       "192.0.2.7 does not like recipient.\n"
       "Remote host said: 550 5.1.1 No Joe here\n"
       "Giving up on 192.0.2.7.\n"
       "\n"
       "<jim@example.org>:\n"
       "Sorry, no mailbox here by that name. (#5.1.1)\n"
       "\n"
       "--- Below this line is a copy of the message.\n"
       "\n"
       "Return-Path: <news@example.com>\n"
       "To: third@example.org\n",
       {"joe@example.org failed: 550 5.1.1 No Joe here Giving up on 192.0.2.7."
        " (192.0.2.7 does not like recipient. Remote host said) [192.0.2.7]",
        "jim@example.org failed: 5.1.1 (Sorry, no mailbox here by that"
        " name.)"}},
      {"Exim",
       kDaemon,
       "Mail delivery failed: returning message to sender",
       "A message that you sent could not be delivered to one or more of its\n"
       "recipients. This is a permanent error. The following address(es)"
       " failed:\n"
       "\n"
       "  joe@example.org\n"
       "    host mx.example.org [192.0.2.7]\n"
       "    SMTP error from remote mail server after RCPT TO:"
       "<joe@example.org>:\n"
       "    550 5.1.1 unknown\n"
       "\n"
       "------ This is a copy of the message, including all the headers."
       " ------\n",
       {"joe@example.org failed: 550 5.1.1 unknown (host mx.example.org"
        " [192.0.2.7] SMTP error from remote mail server after RCPT TO:"
        "<joe@example.org>) [mx.example.org]"}},
      {"Exim, for an alias's member",
       kDaemon,
       "Mail delivery failed",
       "The following address(es) failed:\n"
       "\n"
       "  joe@example.net\n"
       "    (ultimately generated from joe@example.org)\n"
       "    retry timeout exceeded\n",
       {"joe@example.net of joe@example.org failed: (ultimately generated from"
        " joe@example.org) retry timeout exceeded"}},
      {"sendmail 8",
       "Mail Delivery Subsystem <MAILER-DAEMON@example.net>",
       "Returned mail: see transcript for details",
       "   ----- The following addresses had permanent fatal errors -----\n"
       "<joe@example.org>\n"
       "    (reason: 550 5.1.1 User unknown)\n"
       "    (expanded from: <list@example.org>)\n"
       "\n"
       "   ----- Transcript of session follows -----\n"
       "... while talking to mx.example.org.:\n"
       ">>> DATA\n"
       "<<< 550 5.1.1 User unknown\n",
       {"joe@example.org of list@example.org failed: 550 5.1.1 User unknown"
        " (reason)"}},
      {"sendmail 5",
       "Mail Delivery Subsystem <MAILER-DAEMON@example.net>",
       "Returned mail: User unknown",
       "   ----- Transcript of session follows -----\n"
       "While talking to mx.example.org:\n"
       ">>> MAIL From:<news@example.com>\n"
       "<<< 501 open relay, go away\n"
       "554 <joe@example.org>... Remote protocol error\n"
       "While talking to mx.example.edu:\n"
       ">>> RCPT To:<jim@example.edu>\n"
       "<<< 550 <jim@example.edu>... User unknown\n"
       "550 <jim@example.edu>... User unknown\n"
       "   ----- Unsent message follows -----\n"
       "To: joe@example.org\n",
       {"joe@example.org failed: 554 <joe@example.org>... Remote protocol error"
        " (501 open relay, go away) [mx.example.org]",
        "jim@example.edu failed: 550 <jim@example.edu>... User unknown"
        " [mx.example.edu]"}},
      {"Postfix before its reports",
       kDaemon,
       "Undelivered Mail Returned to Sender",
       "I'm sorry to have to inform you that the message returned\n"
       "below could not be delivered to one or more destinations.\n"
       "\n"
       "For further assistance, please contact <postmaster@example.net>\n"
       "\n"
       "<joe@example.org>: host mx.example.org[192.0.2.7] said: 550 5.1.1\n"
       "    <joe@example.org>... User unknown\n",
       {"joe@example.org failed: 550 5.1.1 <joe@example.org>... User unknown"
        " (host mx.example.org[192.0.2.7] said) [mx.example.org]"}},
      {"OpenSMTPD",
       "Mailer Daemon <MAILER-DAEMON@example.net>",
       "Delivery status notification: error",
       "    An error has occurred while attempting to deliver a message for\n"
       "    the following list of recipients:\n"
       "\n"
       "joe@example.org: Domain does not exist\n"
       "jim@example.org: 550 5.1.1 No Jim\n"
       "\n"
       "    Below is a copy of the original message:\n",
       {"joe@example.org failed: Domain does not exist",
        "jim@example.org failed: 550 5.1.1 No Jim"}},
      {"DragonFly",
       "MAILER-DAEMON <>",
       "Mail delivery failed",
       "There was an error delivering your mail to <joe@example.org>.\n"
       "\n"
       "mx.example.org [192.0.2.7] did not like our RCPT TO:\n"
       "550 5.1.1 <joe@example.org>: no such user\n"
       "\n"
       "Message headers follow.\n",
       {"joe@example.org failed: 550 5.1.1 <joe@example.org>: no such user"
        " (There was an error delivering your mail to <joe@example.org>."
        " mx.example.org [192.0.2.7] did not like our RCPT TO)"
        " [mx.example.org]"}},
      {"smail, with a log",
       "<MAILER-DAEMON@example.net>",
       "mail failed, returning to sender",
       "|------------------------- Message log follows: -----------------|\n"
       " no valid recipients were found for this message\n"
       "|------------------------- Failed addresses follow: -------------|\n"
       " joe@example.org ... unknown host\n"
       "|------------------------- Message text follows: ----------------|\n",
       {"joe@example.org failed: unknown host"}},
  });
}

}  // namespace
}  // namespace postbounce
