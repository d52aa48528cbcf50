#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "daemon/protocol/lmtp_session.h"
#include "tests/daemon/protocol/lmtp_transcript.h"

namespace postbounce {
namespace {

constexpr std::size_t kStep = 64u << 10;  // of the budget
constexpr std::size_t kWhole = 1u << 20;  // a chunk

LmtpSession::Options LargeOptions() {
  LmtpSession::Options options;
  options.hostname = "mx.test";
  return options;
}

std::string Envelope(const std::string& parameters = "") {
  return "MAIL FROM:<>" + parameters +
         "\r\nRCPT TO:<b@x.test>\r\nRCPT TO:<c@x.test>\r\nDATA\r\n";
}

bool HasRoom(ByteBudget* budget, std::size_t size) {
  return ByteBudget::Share(budget).Grow(size);
}

// A session that has said LHLO.
class LmtpBudgetTest : public testing::Test {
 protected:
  // The replies to `bytes`.
  std::string Say(LmtpTranscript* client, std::string_view bytes,
                  std::size_t chunk = kWhole) {
    const std::size_t before = client->text().size();
    client->Feed(bytes, chunk);
    return client->text().substr(before);
  }

  const std::string taken_ = "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n";
  const std::string full_ = "451 4.3.1 No room, try again later\r\n";
};

TEST_F(LmtpBudgetTest, DataWaitsUntilThereIsRoomForItsAnnouncedSize) {
  ByteBudget budget(kStep * 2);
  ByteBudget::Share other(&budget);
  LmtpTranscript client(LargeOptions(), &budget);
  Say(&client, "LHLO x\r\n");
  EXPECT_EQ(Say(&client, Envelope(" SIZE=131073")), taken_ + full_);
  EXPECT_EQ(Say(&client, Envelope(" SIZE=18446744073709551615")),
            taken_ + full_);
  EXPECT_EQ(Say(&client, Envelope(" SIZE=99999999999999999999999")),
            taken_ + full_);
  EXPECT_EQ(Say(&client, Envelope(" SIZE=131072")),
            taken_ + "354 Go ahead\r\n");
  EXPECT_FALSE(HasRoom(&budget, 1));
  EXPECT_EQ(Say(&client, ".\r\n"),
            "[|b@x.test c@x.test|0|]250 2.0.0 recorded\r\n"
            "250 2.0.0 recorded\r\n");
  EXPECT_TRUE(other.Grow(kStep * 2));
  EXPECT_EQ(Say(&client, Envelope()), taken_ + full_);
  other.Release();
  EXPECT_EQ(Say(&client, Envelope()), taken_ + "354 Go ahead\r\n");
}

TEST_F(LmtpBudgetTest, AnAnnouncedSizeAboveTheLimitReservesTheLimit) {
  ByteBudget budget(kStep);
  LmtpSession::Options options = LargeOptions();
  options.message_size = kStep;
  LmtpTranscript client(options, &budget);
  Say(&client, "LHLO x\r\n");
  EXPECT_EQ(Say(&client, Envelope(" SIZE=999999999")),
            taken_ + "354 Go ahead\r\n");
}

TEST_F(LmtpBudgetTest, TheShareGrowsInStepsWhileBytesComeIn) {
  ByteBudget budget(kStep * 4);
  LmtpTranscript client(LargeOptions(), &budget);
  Say(&client, "LHLO x\r\n");
  Say(&client, Envelope());
  EXPECT_EQ(client.session().delivery().share.size(), kStep);
  Say(&client, std::string(kStep, 'x'), 1);
  EXPECT_EQ(client.session().delivery().share.size(), kStep);
  Say(&client, "x");
  EXPECT_EQ(client.session().delivery().share.size(), kStep * 2);
}

TEST_F(LmtpBudgetTest, RunningOutInTheMiddleDefersEachRecipient) {
  for (std::size_t chunk : {kWhole, std::size_t{1}}) {
    SCOPED_TRACE(chunk);
    ByteBudget budget(kStep * 2);
    LmtpTranscript client(LargeOptions(), &budget);
    Say(&client, "LHLO x\r\n");
    Say(&client, Envelope());
    EXPECT_EQ(Say(&client, std::string(kStep * 2 + 1, 'x'), chunk), "");
    EXPECT_TRUE(HasRoom(&budget, kStep * 2));  // others get on meanwhile
    EXPECT_EQ(Say(&client, "more\r\n.\r\nNOOP\r\n", chunk),
              "452 4.3.1 No room, try again later\r\n"
              "452 4.3.1 No room, try again later\r\n250 2.0.0 Ok\r\n");
    EXPECT_EQ(Say(&client, Envelope() + "x\r\n.\r\n", chunk),
              taken_ +
                  "354 Go ahead\r\n[|b@x.test c@x.test|3|x\r\n]"
                  "250 2.0.0 recorded\r\n250 2.0.0 recorded\r\n");
  }
}

TEST_F(LmtpBudgetTest, WhatTheStoreCannotTakeIsTriedLater) {
  ByteBudget budget(kStep);
  LmtpTranscript client(LargeOptions(), &budget);
  client.set_verdict(LmtpSession::Verdict::kTryLater);
  Say(&client, "LHLO x\r\n");
  EXPECT_EQ(Say(&client, Envelope() + ".\r\n"),
            taken_ +
                "354 Go ahead\r\n[|b@x.test c@x.test|0|]"
                "451 4.3.0 recorded\r\n451 4.3.0 recorded\r\n");
}

TEST_F(LmtpBudgetTest, TheShareStaysWithTheDelivery) {
  ByteBudget budget(kStep);
  LmtpSession session(LargeOptions(), &budget);
  session.Feed("LHLO x\r\n" + Envelope() + ".\r\n");
  {
    const LmtpSession::Delivery delivery = std::move(session.delivery());
    session.Finish(LmtpSession::Verdict::kAccepted, "recorded");
    EXPECT_FALSE(HasRoom(&budget, 1));
  }
  EXPECT_TRUE(HasRoom(&budget, kStep));
}

TEST_F(LmtpBudgetTest, NothingHappensWhileADeliveryWaits) {
  ByteBudget budget(kStep);
  LmtpSession session(LargeOptions(), &budget);
  EXPECT_EQ(session.Feed("LHLO x\r\n" + Envelope() + "a\r\n.\r\nNO"),
            LmtpSession::Step::kDeliver);
  session.TakeOutput();
  EXPECT_EQ(session.Feed("OP\r\nQU"), LmtpSession::Step::kDeliver);
  EXPECT_EQ(session.Feed("IT\r\n"), LmtpSession::Step::kDeliver);
  EXPECT_EQ(session.TakeOutput(), "");
  EXPECT_EQ(session.delivery().bytes, "a\r\n");
  session.Finish(LmtpSession::Verdict::kAccepted, "recorded");
  EXPECT_EQ(session.Feed({}), LmtpSession::Step::kClose);
  EXPECT_EQ(session.TakeOutput(),
            "250 2.0.0 recorded\r\n250 2.0.0 recorded\r\n"
            "250 2.0.0 Ok\r\n221 2.0.0 Bye\r\n");
}

TEST_F(LmtpBudgetTest, CloseWhileADeliveryWaitsLeavesItUnanswered) {
  ByteBudget budget(kStep);
  LmtpSession session(LargeOptions(), &budget);
  session.Feed("LHLO x\r\n" + Envelope() + ".\r\nNOOP\r\n");
  session.TakeOutput();
  session.Close("stopping");
  session.Finish(LmtpSession::Verdict::kAccepted, "recorded");
  EXPECT_EQ(session.Feed("NOOP\r\n"), LmtpSession::Step::kClose);
  EXPECT_EQ(session.TakeOutput(), "421 4.3.2 stopping\r\n");
  EXPECT_TRUE(HasRoom(&budget, kStep));
}

TEST_F(LmtpBudgetTest, IsIdleBetweenMessagesOnly) {
  ByteBudget budget(kStep);
  LmtpSession session(LargeOptions(), &budget);
  const auto idle_after = [&session](std::string_view bytes) {
    session.Feed(bytes);
    return session.is_idle();
  };
  EXPECT_TRUE(session.is_idle());
  EXPECT_TRUE(idle_after("LHLO x\r\n"));
  EXPECT_FALSE(idle_after("NO"));
  EXPECT_TRUE(idle_after("OP\r\n"));
  EXPECT_FALSE(idle_after("MAIL FROM:<>\r\n"));
  EXPECT_TRUE(idle_after("RSET\r\n"));
  EXPECT_FALSE(idle_after(Envelope()));
  EXPECT_FALSE(idle_after("x\r\n"));
  EXPECT_FALSE(idle_after(".\r\n"));
  session.Finish(LmtpSession::Verdict::kAccepted, "recorded");
  EXPECT_TRUE(session.is_idle());
}

// Quadratic work would show: the bodies are 16 MiB in small pieces.
TEST_F(LmtpBudgetTest, TakesLargeMessagesInPiecesOfAnySize) {
  for (const std::string& line :
       {std::string(78, 'x') + "\r\n", std::string("\r"), std::string("\n"),
        std::string("\r\n.."), std::string("\r\n")}) {
    std::string body;
    while (body.size() < (16u << 20)) body += line;
    for (std::size_t chunk : {std::size_t{64} << 10, std::size_t{1}}) {
      ByteBudget budget(std::size_t{64} << 20);
      LmtpSession session(LargeOptions(), &budget);
      session.Feed("LHLO x\r\n" + Envelope());
      LmtpSession::Step step = LmtpSession::Step::kRead;
      const std::string bytes = body + "\r\n.\r\n";
      for (std::size_t i = 0; i < bytes.size(); i += chunk) {
        step = session.Feed(std::string_view(bytes).substr(i, chunk));
      }
      EXPECT_EQ(step, LmtpSession::Step::kDeliver);
      EXPECT_EQ(session.delivery().bytes.size(), session.delivery().size);
    }
  }
}

}  // namespace
}  // namespace postbounce
