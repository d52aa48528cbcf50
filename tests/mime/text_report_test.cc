#include "mime/text_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/mime/text_report_told.h"

namespace postbounce {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

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
  const std::string one = text;
  EXPECT_THAT(Read(header, one + "To: jim@example.org\n"), IsEmpty());
  EXPECT_THAT(Read(header, one + "List-Id: <news.example.com>\n"), IsEmpty());
  EXPECT_THAT(Read(header, one + "Precedence: list\n"), IsEmpty());
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
      {"Joe <joe@example.org>", "Re: Undelivered Mail Returned to Sender",
       "<jim@example.org>: 550 5.1.1 user unknown"},
      {"Parcels <noreply@example.org>", "Delivery failure notice, order 1",
       "We were unable to deliver your order. Reply to help@example.org."},
      {"Postmaster Paul <postmaster@example.org>", "Your mail server",
       "Mails to jim@example.org could not be delivered, user unknown."},
      {"postmaster@example.org", "VIRUS ALERT",
       "A virus in a mail from a@example.org to b@example.org.\n"
       "It was not delivered."},
      {"support@example.org", "[Ticket 1] Undelivered mail",
       "Customer ann@example.org: my mail was returned, user unknown."},
      {"Cron <root@example.org>", "Cron <root@mail> /usr/bin/report",
       "mail to joe@example.org could not be delivered"},
  };
  for (const auto& [from, subject, text] : mails) {
    SCOPED_TRACE(subject);
    EXPECT_THAT(Read(MakeHeader(from, subject), text), IsEmpty());
  }
}

TEST(TextReportTest, TakesNothingThatIsSentToSubscribersForABounce) {
  const char text[] = "Could not be delivered to:\n\n<joe@example.org>: gone\n";
  const char subject[] = "How to avoid undeliverable mail";
  Header header = MakeHeader("News <news@example.org>", subject);
  EXPECT_THAT(Read(header, text), ElementsAre("joe@example.org failed: gone"));
  header.Add("List-Unsubscribe", "<mailto:off@example.org>");
  EXPECT_THAT(Read(header, text), IsEmpty());
}

TEST(TextReportTest, TakesTheSenderForARecipientOnlyWhereItIsListed) {
  EXPECT_THAT(Read(MakeHeader(kDaemon, "Returned mail: User unknown"),
                   "The following recipients could not be delivered because"
                   " they are not accepting mail from news@example.com:\n\n"
                   "\tscreenname\n"),
              IsEmpty());
  EXPECT_THAT(Read(MakeHeader(kDaemon, "Returned mail: User unknown"),
                   "Could not be delivered to:\n\n<news@example.com>: gone\n"),
              ElementsAre("news@example.com failed: gone"));
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
  ReportedRecipient& commented = report.recipients.emplace_back();
  commented.status = "4.0.0 (host name lookup failure)";
  CompleteReport(MakeHeader(kDaemon, "x"), "", &report);
  EXPECT_EQ(report.recipients[2].diagnostic, "host name lookup failure");
  EXPECT_EQ(report.recipients[0].diagnostic, "(reason: over quota)");
  EXPECT_EQ(report.recipients[1].diagnostic, "550 5.1.1 its own");
}

TEST(TextReportTest, NamesTheRecipientThatIsAProgram) {
  DeliveryReport report;
  report.recipients.emplace_back().final_recipient =
      ParseTypedAddress("rfc822;|/usr/bin/filter", AddressOrigin::kEnvelope);
  Header header = MakeHeader(kDaemon, "x");
  header.Add("X-Failed-Recipients", "joe@example.org");
  CompleteReport(header,
                 "The following address(es) failed:\n\n"
                 "  |/usr/bin/filter\n    generated by joe@example.org\n\n"
                 "Cannot open /etc/filter.conf\n",
                 &report);
  EXPECT_THAT(report.recipients[0].diagnostic, HasSubstr("filter.conf"));
  ASSERT_TRUE(report.recipients[0].original_recipient.mailbox);
  EXPECT_EQ(report.recipients[0].original_recipient.text, "joe@example.org");
}

}  // namespace
}  // namespace postbounce
