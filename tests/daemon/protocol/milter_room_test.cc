#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/daemon/protocol/milter_fixture.h"

namespace postbounce {
namespace {

using MilterRoomTest = MilterFixture;

TEST_F(MilterRoomTest, WithoutRoomABounceIsSentAwayBeforeItComes) {
  ByteBudget::Share all(&budget_);
  ASSERT_TRUE(all.Grow(kRoom));
  MilterTalk talk(WithBounceAddresses(), &budget_);
  talk.Mail("<>");
  EXPECT_EQ(talk.TakeText(), "451 4.3.0 no room, try again later ");
  talk.Mail("<joe@example.org>").Rcpt("<b+1@us.example>").Data();
  EXPECT_EQ(talk.TakeText(),
            "continue continue 451 4.3.0 no room, try again later ");
  talk.Mail("", "0").Rcpt("a@us.example").Data().Content(" a", "b").End();
  EXPECT_EQ(talk.TakeText(),
            "[missed: no room] accept continue accept accept ");
  talk.Mail("<joe@example.org>").Rcpt("<a@us.example>").Data();
  EXPECT_EQ(talk.TakeText(), "continue continue accept ");
  all.Release();
}

TEST_F(MilterRoomTest, WithoutRoomInTheMiddleItsRoomIsGivenBack) {
  MilterTalk talk({}, &budget_);
  for (const std::string_view path : {"<>", ""}) {
    talk.Mail(path, path.empty() ? "0" : "25").Rcpt("<a@us.example>").Data();
    talk.Content(" a", std::string(kRoom + 1, 'x'));
    EXPECT_TRUE(HasRoom(kRoom));
    talk.TakeText();
    talk.session().Body("more");
    talk.End();
    EXPECT_EQ(talk.TakeText(), path.empty()
                                   ? "[missed: no room] accept "
                                   : "451 4.3.0 no room, try again later ");
  }
}

TEST_F(MilterRoomTest, OfALongMessageTheBeginningIsKept) {
  MilterSession::Options options;
  options.message_size = 16;
  MilterTalk talk(options, &budget_);
  talk.Mail("<>").Rcpt("<a@us.example>").Content(" a", "body").Content("", "");
  talk.TakeText();
  talk.End();
  EXPECT_EQ(talk.TakeText(),
            "[seen |a@us.example | |30|Subject: a\r\n\r\nbo] accept ");
}

TEST_F(MilterRoomTest, OnACrowdedConnectionOnlyBouncesAreSentAway) {
  auto options = WithBounceAddresses();
  options.refusal = MilterSession::Refusal::kOn;
  MilterTalk talk(options, &budget_);
  talk.set_crowded(true);
  talk.Mail("<>").Mail("<me@us.example>").Rcpt("<dead@example.org>").Data();
  EXPECT_EQ(talk.TakeText(),
            "451 4.3.0 too many connections, try again later "
            "continue continue accept ");
  talk.Mail("<joe@example.org>").Rcpt("<b+1@us.example>").Data();
  EXPECT_EQ(
      talk.TakeText(),
      "continue continue 451 4.3.0 too many connections, try again later ");
  talk.Mail("", "0").Rcpt("a@us.example").End();
  EXPECT_EQ(talk.TakeText(),
            "[missed: too many connections] accept continue accept ");
  // Others have gone.
  talk.set_crowded(false);
  talk.Mail("<>").Rcpt("<a@us.example>");
  EXPECT_EQ(talk.TakeText(), "continue continue ");
}

TEST_F(MilterRoomTest, WhatIsAllocatedIsWithinTheBudget) {
  ByteBudget budget(1u << 20);
  MilterSession::Options options;
  options.message_size = 1u << 20;
  MilterTalk talk(options, &budget);
  talk.Mail("<>");
  const std::string part(10000, 'x');
  for (int i = 0; i < 100; ++i) talk.session().Body(part);
  talk.End();
  EXPECT_LE(talk.allocated(), 1u << 20);
  EXPECT_NE(talk.TakeText().find("accept"), std::string::npos);
}

}  // namespace
}  // namespace postbounce
