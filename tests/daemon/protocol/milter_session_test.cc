#include "daemon/protocol/milter_session.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <tuple>

#include "tests/daemon/protocol/milter_fixture.h"

namespace postbounce {
namespace {

constexpr std::string_view kBytes = "Subject: a\r\n\r\nbody\r\n";

class MilterSessionTest : public MilterFixture {
 protected:
  // What is answered when a mail comes.
  std::string Send(const MilterSession::Options& options,
                   std::string_view sender,
                   const std::vector<std::string_view>& recipients) {
    MilterTalk talk(options, &budget_);
    talk.session().Connect("mx.example.org", "192.0.2.1");
    talk.Mail(sender);
    for (std::string_view recipient : recipients) talk.Rcpt(recipient);
    talk.Data().Content(" a", "body\r\n").End();
    return talk.TakeText();
  }

  static MilterSession::Options Refusing(MilterSession::Refusal refusal) {
    MilterSession::Options options;
    options.refusal = refusal;
    return options;
  }
};

TEST_F(MilterSessionTest, OrdinaryMailIsLetGoAsSoonAsItsSenderIsKnown) {
  MilterTalk talk({}, &budget_);
  talk.Mail("<joe@example.org>");
  EXPECT_EQ(talk.TakeText(), "accept ");
  EXPECT_FALSE(talk.session().answers_recipients());
  EXPECT_FALSE(talk.session().answers_data());
  // Whatever comes all the same is not looked at.
  talk.Rcpt("<a@us.example>").Content(" a", "body").End();
  EXPECT_EQ(talk.TakeText(), "continue accept ");
}

TEST_F(MilterSessionTest, ABounceIsCollectedAndGoesOn) {
  EXPECT_EQ(
      Send({}, "<>", {"<ann@us.example>", "<b+x@us.example>"}),
      "continue continue continue continue "
      "[seen |ann@us.example b+x@us.example |mx.example.org 192.0.2.1|20|" +
          std::string(kBytes) + "] accept ");
}

TEST_F(MilterSessionTest, MailToBounceAddressesAloneIsTaken) {
  const auto options = WithBounceAddresses();
  const std::string rest =
      "|mx.example.org 192.0.2.1|20|" + std::string(kBytes) + "] ";
  EXPECT_EQ(
      Send(options, "<>", {"<b+x@us.example>"}),
      "continue continue continue [taken |b+x@us.example " + rest + "discard ");
  EXPECT_EQ(Send(options, "<joe@example.org>",
                 {"<b+1@us.example>", "b+2@us.example"}),
            "continue continue continue continue "
            "[taken joe@example.org|b+1@us.example b+2@us.example " +
                rest + "discard ");
  EXPECT_EQ(Send(options, "<joe@example.org>",
                 {"<b+1@us.example>", "<a@us.example>"}),
            "continue continue continue continue "
            "[seen joe@example.org|b+1@us.example a@us.example " +
                rest + "accept ");
  EXPECT_EQ(Send(options, "<joe@example.org>", {"<a@us.example>"}),
            "continue continue accept accept ");
}

TEST_F(MilterSessionTest, WithoutARecipientNothingIsDiscarded) {
  MilterTalk talk(WithBounceAddresses(), &budget_);
  talk.Mail("<>").Content(" a", "b").End();
  EXPECT_EQ(talk.TakeText(),
            "continue [seen || |15|Subject: a\r\n\r\nb] accept ");
}

TEST_F(MilterSessionTest, ARefusedRecipientIsNoneOfTheMessage) {
  auto options = Refusing(MilterSession::Refusal::kOn);
  options.bounce_addresses = AddressPatterns({"b@us.example"});
  EXPECT_EQ(Send(options, "<me@us.example>",
                 {"<dead@example.org>", "<b@us.example>"}),
            "continue [ask me@us.example dead@example.org ] "
            "550 5.7.1 [postbounce 1] dead "
            "[ask me@us.example b@us.example ] continue continue "
            "[taken me@us.example|b@us.example |mx.example.org 192.0.2.1|20|" +
                std::string(kBytes) + "] discard ");
}

TEST_F(MilterSessionTest, RefusalAsksWithSenderAndLogin) {
  MilterTalk talk(Refusing(MilterSession::Refusal::kOn), &budget_);
  EXPECT_TRUE(talk.session().answers_recipients());
  talk.Mail("<me@us.example>", "587", "me").Rcpt("<dead@example.org>");
  EXPECT_EQ(talk.TakeText(),
            "continue [ask me@us.example dead@example.org me] "
            "550 5.7.1 [postbounce 1] dead ");
  talk.set_answer(std::string("DISCARD x"));
  talk.Rcpt("<dead@example.org>");
  EXPECT_EQ(talk.TakeText(),
            "[ask me@us.example dead@example.org me] continue ");
  talk.set_answer(Error(ErrorCode::kUnavailable, "the list cannot be read"));
  talk.Rcpt("<dead@example.org>").Data();
  EXPECT_EQ(talk.TakeText(),
            "[ask me@us.example dead@example.org me] "
            "451 4.3.0 the list cannot be read, try again later accept ");
}

TEST_F(MilterSessionTest, MonitorOnlyTells) {
  EXPECT_EQ(Send(Refusing(MilterSession::Refusal::kMonitor), "<me@us.example>",
                 {"<dead@example.org>"}),
            "continue [ask me@us.example dead@example.org ] "
            "[monitored dead@example.org 550] continue accept accept ");
}

TEST_F(MilterSessionTest, OfABounceNobodyIsRefused) {
  const auto options = Refusing(MilterSession::Refusal::kOn);
  EXPECT_EQ(Send(options, "<>", {"<dead@example.org>"}),
            "continue continue continue "
            "[seen |dead@example.org |mx.example.org 192.0.2.1|20|" +
                std::string(kBytes) + "] accept ");
}

// By sendmail(1), or made by Postfix itself: without "<>", or without a port.
TEST_F(MilterSessionTest, WhatDidNotComeBySmtpIsOnlyEverAccepted) {
  auto options = WithBounceAddresses();
  options.refusal = MilterSession::Refusal::kOn;
  for (const auto& [path, port] :
       {std::pair<std::string_view, std::string_view>{"", "0"},
        {"", ""},
        {"<>", "0"}}) {
    SCOPED_TRACE(std::string(path) + " " + std::string(port));
    MilterTalk talk(options, &budget_);
    talk.session().Connect("localhost", "127.0.0.1");
    talk.Mail(path, port).Rcpt("b+1@us.example").Data();
    talk.Content(" a", "body\r\n").End();
    // Nor is it believed who has brought it: anybody on this host may have.
    EXPECT_EQ(talk.TakeText(),
              "continue continue continue [seen |b+1@us.example "
              "| |20|" +
                  std::string(kBytes) + "] accept ");
    talk.set_broken();
    talk.Mail(path, port).Rcpt("b+1@us.example").Data();
    talk.Content(" a", "body\r\n").End();
    EXPECT_NE(talk.TakeText().find("[missed: the store is busy] accept "),
              std::string::npos);
  }
  MilterTalk talk(options, &budget_);
  talk.Mail("me@us.example", "0").Rcpt("dead@example.org").Data();
  EXPECT_EQ(talk.TakeText(), "continue continue accept ");
}

TEST_F(MilterSessionTest, WhatCannotBeStoredComesAgain) {
  MilterTalk talk({}, &budget_);
  talk.set_broken();
  talk.Mail("<>").Rcpt("<a@us.example>").Data().Content(" a", "b").End();
  EXPECT_TRUE(talk.TakeText().ends_with(
      "451 4.3.0 the store is busy, try again later "));
}

// MAIL FROM:joe@example.org, which Postfix takes.
TEST_F(MilterSessionTest, AClientThatWritesNoBracketsIsStillAClient) {
  auto options = Refusing(MilterSession::Refusal::kOn);
  MilterTalk talk(options, &budget_);
  talk.Mail("me@us.example", "25").Rcpt("dead@example.org");
  EXPECT_EQ(talk.TakeText(),
            "continue [ask me@us.example dead@example.org ] "
            "550 5.7.1 [postbounce 1] dead ");
}

TEST_F(MilterSessionTest, MoreOldFieldsThanAnybodyWritesAreRefused) {
  MilterSession::Options options;
  options.writes_field = true;
  MilterTalk talk(options, &budget_);
  for (const auto& [fields, port, want] :
       {std::tuple{20, "25", "continue [seen || |0|] accept (20 failed) "},
        {21, "25", "continue 554 5.6.0 too many X-Postbounce fields "},
        {21, "0", "continue [seen || |0|] accept "}}) {
    SCOPED_TRACE(fields);
    talk.Mail("<>", port);
    for (int i = 0; i < fields; ++i) talk.session().Header("X-Postbounce", "a");
    talk.End();
    EXPECT_EQ(talk.TakeText(), want);
  }
}

TEST_F(MilterSessionTest, AFieldIsWrittenInPlaceOfThoseOfThatName) {
  MilterSession::Options options;
  for (const bool writes : {true, false}) {
    options.writes_field = writes;
    MilterTalk talk(options, &budget_);
    talk.Mail("<>").Rcpt("<a@us.example>");
    talk.session().Header("x-postbounce", " forged");
    talk.session().Header("X-Postbounce", " forged");
    talk.TakeText();
    talk.End();
    // What is taken out is no part of what is read either.
    EXPECT_EQ(talk.TakeText(),
              writes ? "[seen |a@us.example | |0|] accept (2 failed) "
                     : "[seen |a@us.example | |44|x-postbounce: forged\r\n"
                       "X-Postbounce: forged\r\n] accept ");
  }
}

TEST_F(MilterSessionTest, HeaderFieldsComeOutAsTheyWentIn) {
  MilterTalk talk({}, &budget_);
  talk.Mail("<>");
  talk.session().Header("A", "\tb  ");
  talk.session().Header("Empty", "");
  talk.session().Header("Folded", " x\n\ty\r\n z");
  talk.TakeText();
  talk.End();
  EXPECT_EQ(talk.TakeText(),
            "[seen || |35|A:\tb  \r\nEmpty:\r\nFolded: x\r\n\ty\r\n z\r\n] "
            "accept ");
}

TEST_F(MilterSessionTest, WhoIsNotBelievedHasNoClient) {
  MilterSession::Options options;
  options.is_client_believed = false;
  EXPECT_NE(Send(options, "<>", {"<a@us.example>"}).find("| |20|"),
            std::string::npos);
}

TEST_F(MilterSessionTest, AClientWithoutANameHasItsAddressOnly) {
  for (std::string_view name : {"unknown", "[192.0.2.1]"}) {
    MilterTalk talk({}, &budget_);
    talk.session().Connect(name, "192.0.2.1");
    talk.Mail("<>").End();
    EXPECT_EQ(talk.TakeText(), "continue [seen || 192.0.2.1|0|] accept ");
  }
}

TEST_F(MilterSessionTest, AbortForgetsAMessage) {
  MilterTalk talk(WithBounceAddresses(), &budget_);
  talk.Mail("<>").Rcpt("<b+1@us.example>").Content(" a", "b");
  talk.session().Abort();
  talk.TakeText();
  talk.End().Mail("<>").Rcpt("<a@us.example>").End();
  EXPECT_EQ(talk.TakeText(),
            "accept continue continue [seen |a@us.example | |0|] accept ");
}

TEST_F(MilterSessionTest, WhatNoAddressIsSoLongAsIsNotKept) {
  MilterTalk talk({}, &budget_);
  talk.Mail("<>").Rcpt(std::string(2049, 'x') + "@us.example").End();
  EXPECT_EQ(talk.TakeText(), "continue continue [seen || |0|] accept ");
}

TEST_F(MilterSessionTest, OfManyRecipientsAllDecideAndSomeAreKept) {
  auto options = WithBounceAddresses();
  options.recipients = 2;
  EXPECT_NE(Send(options, "<>",
                 {"<b+1@us.example>", "<b+2@us.example>", "<a@us.example>"})
                .find("[seen |b+1@us.example b+2@us.example |"),
            std::string::npos);
}

}  // namespace
}  // namespace postbounce
