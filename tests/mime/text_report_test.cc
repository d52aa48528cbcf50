#include "mime/text_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace postbounce {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kDaemon[] =
    "Mail Delivery System <MAILER-DAEMON@mx.example.net>";

Header MakeHeader(std::string from, std::string subject) {
  Header header;
  header.Add("From", std::move(from));
  header.Add("To", "news@example.com");
  header.Add("Subject", std::move(subject));
  return header;
}

// "joe@example.org failed: 550 5.1.1 no [mx.example.org]", one for each.
std::vector<std::string> Told(const DeliveryReport& report) {
  std::vector<std::string> told;
  for (const ReportedRecipient& recipient : report.recipients) {
    std::string line = recipient.final_recipient.text;
    if (!recipient.original_recipient.text.empty()) {
      line += " of " + recipient.original_recipient.text;
    }
    line += " " + std::string(ActionName(recipient.action)) + ": " +
            recipient.diagnostic;
    if (!recipient.remote_mta.empty())
      line += " [" + recipient.remote_mta + "]";
    told.push_back(line);
  }
  return told;
}

std::vector<std::string> Read(const Header& header, std::string_view text) {
  const auto found = ReadTextReport(header, text, "");
  return found ? Told(found->report) : std::vector<std::string>();
}

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
        " here Message details: MAIL FROM: news@example.com (Error:"
        " Invalid user address Error message below)"}},
  });
}

TEST(TextReportTest, ReadsOtherLanguages) {
  const std::vector<std::pair<const char*, const char*>> texts = {
      {"de", "Ihre Nachricht konnte nicht zugestellt werden:"},
      {"fr", "Votre message n'a pas pu être remis à :"},
      {"es", "No se pudo entregar el mensaje a:"},
      {"it", "Non è stato possibile recapitare il messaggio a:"},
      {"pt", "A sua mensagem não pôde ser entregue a:"},
      {"nl", "Uw bericht kan niet worden afgeleverd:"},
      {"ja", "次のアドレスに配信できませんでした。"},
      {"ru", "Ваше письмо не может быть доставлено:"},
      {"zh", "您的邮件无法投递到以下地址："},
      {"ko", "다음 받는 사람에게 메시지를 전달할 수 없습니다."},
      {"sv", "Meddelandet kunde inte levereras till:"},
      {"da", "Din meddelelse kunne ikke leveres til:"},
      {"cs", "Zprávu nelze doručit:"},
      {"pl", "NIE MOŻNA DOSTARCZYĆ wiadomości do:"},
  };
  for (const auto& [language, sentence] : texts) {
    SCOPED_TRACE(language);
    const std::string text =
        std::string(sentence) + "\n\n  • joe@example.org\n    550 5.1.1 no\n";
    EXPECT_THAT(Read(MakeHeader(kDaemon, "x"), text),
                ElementsAre("joe@example.org failed: 550 5.1.1 no"));
  }
}

TEST(TextReportTest, TellsADelayFromAFailure) {
  EXPECT_THAT(
      Read(MakeHeader(kDaemon, "Warning: message delayed 24 hours"),
           "A message that you sent has not yet been delivered to one or more\n"
           "of its recipients after more than 24 hours.\n"
           "\n"
           "  joe@example.org\n"
           "    Delay reason: 450 4.2.1 try later\n"
           "\n"
           "No action is required on your part.\n"),
      ElementsAre("joe@example.org delayed: 450 4.2.1 try later (Delay"
                  " reason)"));
}

TEST(TextReportTest, TakesTheFailedRecipientsFromTheirField) {
  Header header = MakeHeader(kDaemon, "Mail delivery failed");
  header.Add("X-Failed-Recipients", "joe@example.org, jim@example.org");
  EXPECT_THAT(Read(header,
                   "The following address(es) failed:\n\n"
                   "  jim@example.org\n"
                   "    mailbox is full\n"
                   "  someone@else.example\n"
                   "    (not in the field)\n"),
              ElementsAre("joe@example.org failed: The following address(es)"
                          " failed: jim@example.org mailbox is full"
                          " someone@else.example (not in the field)",
                          "jim@example.org failed: mailbox is full"));
}

TEST(TextReportTest, TakesWhomTheReturnedMessageWasForWhereNobodyIsNamed) {
  const Header header = MakeHeader(kDaemon, "Returned mail: Cannot send");
  const char text[] =
      "   ----- Transcript of session follows -----\n"
      "421 mx.example.org (smtp)... Deferred: Connection timed out\n"
      "   ----- Unsent message follows -----\n"
      "From: news@example.com\n"
      "To: Joe <joe@example.org>\n";
  EXPECT_THAT(Read(header, text),
              ElementsAre("joe@example.org failed: 421 mx.example.org"
                          " (smtp)... Deferred: Connection timed out"));
  const std::string two = std::string(text) + "To: jim@example.org\n";
  EXPECT_THAT(Read(header, "Unable to deliver.\n"), IsEmpty());
}

TEST(TextReportTest, LooksAtNothingInTheReturnedMessage) {
  const auto found = ReadTextReport(MakeHeader(kDaemon, "failure notice"),
                                    "<joe@example.org>:\nno such user\n\n"
                                    "Received: from a by b; Mon, 1 Jan 2026\n"
                                    "Message-ID: <1@example.com>\n"
                                    "Subject: x\n\n"
                                    "<jim@example.org>: 550 5.1.1 forged\n",
                                    "");
  ASSERT_TRUE(found);
  EXPECT_THAT(Told(found->report),
              ElementsAre("joe@example.org failed: no such user"));
  EXPECT_EQ(found->returned, 33u);
}

TEST(TextReportTest, TakesNoOrdinaryMailForABounce) {
  const std::vector<std::array<const char*, 3>> mails = {
      {"Joe <joe@example.org>", "Re: Undeliverable: Offer",
       "my mail to jim@example.org could not be delivered, user unknown"},
      {"Joe <joe@example.org>", "Fwd: Returned mail",
       "see below\n<jim@example.org>: user unknown"},
      {"Joe <joe@example.org>", "Lunch",
       "The following addresses failed:\njim@example.org\n"},
      {"postmaster@example.org", "Quota warning",
       "joe@example.org: your mailbox is full, delete some mails"},
      {"MAILER-DAEMON@example.org", "Daily summary",
       "jim@example.org: 5 mails"},
      {"Mail Delivery System <x@example.org>", "failure notice", ""},
  };
  for (const auto& [from, subject, text] : mails) {
    SCOPED_TRACE(subject);
    EXPECT_THAT(Read(MakeHeader(from, subject), text), IsEmpty());
  }
}

TEST(TextReportTest, ReadsNoAdviceAsARecipient) {
  EXPECT_THAT(Read(MakeHeader(kDaemon, "failure notice"),
                   "Could not be delivered to:\n\n<joe@example.org>: gone\n\n"
                   "If you have any questions, please contact\n"
                   "helpdesk@example.net or news@example.com.\n"),
              ElementsAre("joe@example.org failed: gone"));
}

TEST(TextReportTest, CompletesAReportFromItsText) {
  DeliveryReport report;
  ReportedRecipient& silent = report.recipients.emplace_back();
  silent.final_recipient =
      ParseTypedAddress("rfc822; joe@example.org", AddressOrigin::kEnvelope);
  silent.diagnostic = "77";
  ReportedRecipient& other = report.recipients.emplace_back();
  other.final_recipient =
      ParseTypedAddress("rfc822; jim@example.org", AddressOrigin::kEnvelope);
  other.diagnostic = "550 5.1.1 its own";
  CompleteReport(MakeHeader(kDaemon, "x"),
                 "<joe@example.org>\n    (reason: over quota)\n"
                 "<jim@example.org>: 550 ignored\n",
                 &report);
  EXPECT_EQ(report.recipients[0].diagnostic, "(reason: over quota)");
  EXPECT_EQ(report.recipients[1].diagnostic, "550 5.1.1 its own");
}

TEST(TextReportTest, NamesTheRecipientThatIsAProgram) {
  DeliveryReport report;
  report.recipients.emplace_back().final_recipient =
      ParseTypedAddress("rfc822;|/usr/bin/filter", AddressOrigin::kEnvelope);
  Header header = MakeHeader(kDaemon, "x");
  header.Add("X-Failed-Recipients", "joe@example.org");
  CompleteReport(header, "", &report);
  ASSERT_TRUE(report.recipients[0].original_recipient.mailbox);
  EXPECT_EQ(report.recipients[0].original_recipient.text, "joe@example.org");
}

}  // namespace
}  // namespace postbounce
