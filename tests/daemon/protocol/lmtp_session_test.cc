#include "daemon/protocol/lmtp_session.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/daemon/protocol/lmtp_transcript.h"

namespace postbounce {
namespace {

constexpr std::size_t kBudget = 8u << 20;
constexpr std::string_view kGreeting = "220 mx.test LMTP Postbounce\r\n";
constexpr std::string_view kOpening = "LHLO out.test\r\n";
constexpr std::string_view kOpened =
    "250-mx.test\r\n250-PIPELINING\r\n250-SIZE\r\n250-8BITMIME\r\n"
    "250-ENHANCEDSTATUSCODES\r\n250-DSN\r\n250 SMTPUTF8\r\n";
constexpr std::string_view kEnvelope = "MAIL FROM:<>\r\nRCPT TO:<b@x.test>\r\n";
constexpr std::string_view kEnvelopeTaken = "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n";

LmtpSession::Options SmallOptions() {
  LmtpSession::Options options;
  options.hostname = "mx.test";
  options.message_size = 1000;
  options.recipients = 3;
  options.errors = 4;
  return options;
}

// What a client says and what must come of it.
struct Script {
  std::string name;
  std::string client;
  std::string want;
};

// A script that begins after LHLO.
Script Opened(std::string name, std::string client, std::string want) {
  return {std::move(name), std::string(kOpening) + client,
          std::string(kGreeting) + std::string(kOpened) + want};
}

// A script that begins after DATA.
Script Data(std::string name, std::string client, std::string want) {
  return Opened(std::move(name), std::string(kEnvelope) + "DATA\r\n" + client,
                std::string(kEnvelopeTaken) + "354 Go ahead\r\n" + want);
}

std::string Replay(const Script& script, std::size_t chunk) {
  ByteBudget budget(kBudget);
  LmtpTranscript transcript(SmallOptions(), &budget);
  transcript.Feed(script.client, chunk);
  return transcript.text();
}

// Stops the daemon after `size` bytes. Nothing more may be delivered, and the
// budget must have everything back.
void ReplayAndClose(const Script& script, std::size_t size) {
  ByteBudget budget(kBudget);
  LmtpTranscript transcript(SmallOptions(), &budget);
  transcript.Feed(std::string_view(script.client).substr(0, size), 3);
  const bool was_closed = transcript.is_closed();
  const std::string before = transcript.text();
  transcript.session().Close("stopping");
  transcript.Feed(std::string_view(script.client).substr(size), 7);
  EXPECT_TRUE(transcript.is_closed());
  EXPECT_EQ(transcript.text(),
            before + (was_closed ? "" : "421 4.3.2 stopping\r\n"));
  EXPECT_EQ(before, script.want.substr(0, before.size()));
  ByteBudget::Share all(&budget);
  EXPECT_TRUE(all.Grow(kBudget));
}

void CheckScripts(const std::vector<Script>& scripts) {
  for (const Script& script : scripts) {
    SCOPED_TRACE(script.name);
    for (std::size_t chunk : {100'000, 1, 2, 3, 5, 64}) {
      SCOPED_TRACE(chunk);
      EXPECT_EQ(Replay(script, chunk), script.want);
    }
    const std::size_t stride = script.client.size() / 200 + 1;
    for (std::size_t i = 0; i <= script.client.size(); i += stride) {
      SCOPED_TRACE(i);
      ReplayAndClose(script, i);
    }
  }
}

TEST(LmtpSessionTest, TakesAMessageAsPostfixSendsIt) {
  CheckScripts({Opened(
      "one recipient",
      "MAIL FROM:<> SIZE=2559 BODY=8BITMIME SMTPUTF8 ENVID=a+2Bb RET=HDRS\r\n"
      "RCPT TO:<bounce+abc@x.test> ORCPT=rfc822;bounce+2Babc@x.test "
      "NOTIFY=NEVER\r\n"
      "DATA\r\n"
      "Subject: Undelivered\r\n\r\n..dot\r\n...\r\nend\r\n.\r\nQUIT\r\n",
      "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n"
      "[|bounce+abc@x.test|39|Subject: Undelivered\r\n\r\n"
      ".dot\r\n..\r\nend\r\n]"
      "250 2.0.0 recorded\r\n221 2.0.0 Bye\r\n")});
}

TEST(LmtpSessionTest, AnswersDataForEachRecipientAndGoesOn) {
  CheckScripts({Opened(
      "two messages in one connection",
      "MAIL FROM:<a@x.test>\r\nRCPT TO:<b@x.test>\r\nRCPT TO:<c@x.test>\r\n"
      "DATA\r\none\r\n.\r\n"
      "RSET\r\nMAIL FROM:<>\r\nRCPT TO:<d@x.test>\r\nDATA\r\ntwo\r\n.\r\n"
      "NOOP\r\nVRFY someone\r\nQUIT\r\nNOOP\r\n",
      "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n"
      "[a@x.test|b@x.test c@x.test|5|one\r\n]"
      "250 2.0.0 recorded\r\n250 2.0.0 recorded\r\n"
      "250 2.0.0 Ok\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n"
      "[|d@x.test|5|two\r\n]250 2.0.0 recorded\r\n"
      "250 2.0.0 Ok\r\n252 2.0.0 Cannot tell, send the mail\r\n"
      "221 2.0.0 Bye\r\n")});
}

TEST(LmtpSessionTest, EndsDataAtCrlfDotCrlfAlone) {
  const std::string taken = "250 2.0.0 recorded\r\n";
  CheckScripts({
      Data("empty", ".\r\n", "[|b@x.test|0|]" + taken),
      Data("an empty line", "\r\n.\r\n", "[|b@x.test|2|\r\n]" + taken),
      Data("LF.LF", "a\n.\nb\r\n.\r\n", "[|b@x.test|7|a\n.\nb\r\n]" + taken),
      Data("LF.CRLF", "a\n.\r\nb\r\n.\r\n",
           "[|b@x.test|8|a\n.\r\nb\r\n]" + taken),
      Data("CRLF.LF", "a\r\n.\nb\r\n.\r\n",
           "[|b@x.test|7|a\r\n\nb\r\n]" + taken),
      Data("CR.CR", "a\r.\rb\r\n.\r\n", "[|b@x.test|7|a\r.\rb\r\n]" + taken),
      Data("CRLF.CR", "a\r\n.\rb\r\n.\r\n",
           "[|b@x.test|7|a\r\n\rb\r\n]" + taken),
      Data("CRLF.CRCRLF", "a\r\n.\r\r\n.\r\n",
           "[|b@x.test|6|a\r\n\r\r\n]" + taken),
      Data("LF of the command", "\n.\r\n\r\n.\r\n",
           "[|b@x.test|6|\n.\r\n\r\n]" + taken),
      Data("CRCRLF.CRLF", "a\r\r\n.\r\n", "[|b@x.test|4|a\r\r\n]" + taken),
      Data("a dot inside", "a.\r\nb\r\n.\r\n",
           "[|b@x.test|7|a.\r\nb\r\n]" + taken),
      Data("two dots", "..\r\n.\r\n", "[|b@x.test|3|.\r\n]" + taken),
  });
}

TEST(LmtpSessionTest, TakesNulsAndEightBitBytes) {
  const std::string bytes("\0\xff\xc3\xa9\x7f\0\r\n", 8);
  CheckScripts({Data("bytes", bytes + ".\r\n",
                     "[|b@x.test|8|" + bytes + "]250 2.0.0 recorded\r\n")});
}

TEST(LmtpSessionTest, KeepsTheBeginningOfALongMessage) {
  for (std::size_t size : {998, 999, 1000, 1001, 5000}) {
    const std::string bytes = std::string(size - 2, 'x') + "\r\n";
    CheckScripts({Data("of " + std::to_string(size), bytes + ".\r\n",
                       "[|b@x.test|" + std::to_string(size) + "|" +
                           bytes.substr(0, 1000) + "]250 2.0.0 recorded\r\n")});
  }
}

TEST(LmtpSessionTest, TakesAnyAddressThatAMailServerMaySend) {
  for (const std::string address :
       {"b@x.test", "postmaster", "\"a b\"@x.test", "\"a>b\"@x.test",
        "\"a\\\"b\"@x.test", "@r.test,@s.test:b@x.test", "\xc3\xa9@x.test",
        "a@\xe4\xbe\x8b.test", "a@[192.0.2.1]", "a..b.@x.test",
        "not an address", "\xff@x.test", "a\\>b@x.test"}) {
    CheckScripts(
        {Opened(address,
                "RSET\r\nMAIL FROM:<" + address + ">\r\nRCPT TO:<" + address +
                    "> NOTIFY=NEVER\r\nDATA\r\n.\r\n",
                "250 2.0.0 Ok\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"
                "354 Go ahead\r\n[" +
                    address + "|" + address + "|0|]250 2.0.0 recorded\r\n")});
  }
}

TEST(LmtpSessionTest, ReadsCommandsWithSmallFaults) {
  CheckScripts({Opened(
      "small letters, blanks, bare LF, no brackets",
      "mail from: <> size=1  body=7bit \r\n rcpt to: b@x.test notify=never\n"
      "data \n.\r\nquit\n",
      "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go ahead\r\n"
      "[|b@x.test|0|]250 2.0.0 recorded\r\n221 2.0.0 Bye\r\n")});
}

TEST(LmtpSessionTest, RefusesWhatIsOutOfOrder) {
  CheckScripts({
      {"greeting", "", std::string(kGreeting)},
      {"MAIL before LHLO", "MAIL FROM:<>\r\n",
       std::string(kGreeting) + "503 5.5.1 Say LHLO first\r\n"},
      {"HELO and EHLO", "HELO x\r\nEHLO x\r\n",
       std::string(kGreeting) + "500 5.5.1 This is LMTP, say LHLO\r\n"
                                "500 5.5.1 This is LMTP, say LHLO\r\n"},
      {"LHLO without a name", "LHLO\r\nLHLO \r\n",
       std::string(kGreeting) + "501 5.5.4 Syntax: LHLO hostname\r\n"
                                "501 5.5.4 Syntax: LHLO hostname\r\n"},
      Opened("RCPT and DATA before MAIL", "RCPT TO:<b@x.test>\r\nDATA\r\n",
             "503 5.5.1 Say MAIL first\r\n503 5.5.1 Say MAIL first\r\n"),
      Opened("DATA before RCPT", "MAIL FROM:<>\r\nDATA\r\n",
             "250 2.1.0 Ok\r\n503 5.5.1 No valid recipients\r\n"),
      Opened("MAIL twice", "MAIL FROM:<>\r\nMAIL FROM:<>\r\n",
             "250 2.1.0 Ok\r\n503 5.5.1 Nested MAIL command\r\n"),
      Opened("RCPT after RSET and after LHLO",
             "MAIL FROM:<>\r\nRSET\r\nRCPT TO:<b@x.test>\r\nMAIL FROM:<>\r\n" +
                 std::string(kOpening) + "RCPT TO:<b@x.test>\r\n",
             "250 2.1.0 Ok\r\n250 2.0.0 Ok\r\n503 5.5.1 Say MAIL first\r\n"
             "250 2.1.0 Ok\r\n" +
                 std::string(kOpened) + "503 5.5.1 Say MAIL first\r\n"),
      Opened("MAIL after DATA needs no RSET",
             std::string(kEnvelope) + "DATA\r\n.\r\n" + std::string(kEnvelope),
             std::string(kEnvelopeTaken) +
                 "354 Go ahead\r\n[|b@x.test|0|]250 2.0.0 recorded\r\n" +
                 std::string(kEnvelopeTaken)),
      Opened("no such command", "STARTTLS\r\n\r\nMAILFROM:<>\r\n",
             "500 5.5.2 Unknown command\r\n500 5.5.2 Unknown command\r\n"
             "500 5.5.2 Unknown command\r\n"),
  });
}

TEST(LmtpSessionTest, RefusesBadArguments) {
  struct {
    std::string command;
    std::string want;
  } const kCases[] = {
      {"MAIL", "501 5.5.4 Syntax: FROM:<address>"},
      {"MAIL TO:<>", "501 5.5.4 Syntax: FROM:<address>"},
      {"MAIL FROM:", "501 5.1.7 Bad address syntax"},
      {"MAIL FROM:<a", "501 5.1.7 Bad address syntax"},
      {"MAIL FROM:<\"a>", "501 5.1.7 Bad address syntax"},
      {std::string("MAIL FROM:<a\0b>", 15), "501 5.1.7 Bad address syntax"},
      {"MAIL FROM:<a\rb>", "501 5.1.7 Bad address syntax"},
      {"MAIL FROM:<a\x7f>", "501 5.1.7 Bad address syntax"},
      {"MAIL FROM:<>SIZE=1", "501 5.5.4 A blank belongs behind the address"},
      {"MAIL FROM:<> SIZE=", "501 5.5.4 Bad parameter value"},
      {"MAIL FROM:<> SIZE", "501 5.5.4 Bad parameter value"},
      {"MAIL FROM:<> SMTPUTF8=1", "501 5.5.4 Bad parameter value"},
      {"MAIL FROM:<> SIZE=-1", "501 5.5.4 SIZE is not a number"},
      {"MAIL FROM:<> SIZE=1k", "501 5.5.4 SIZE is not a number"},
      {"MAIL FROM:<> AUTH=<>", "555 5.5.4 Unsupported parameter"},
      {"MAIL FROM:<> =", "555 5.5.4 Unsupported parameter"},
      {"MAIL FROM:<" + std::string(1281, 'a') + ">",
       "501 5.1.7 Address too long"},
  };
  for (const auto& [command, want] : kCases) {
    CheckScripts({Opened(command, command + "\r\nMAIL FROM:<>\r\n",
                         want + "\r\n250 2.1.0 Ok\r\n")});
  }
  CheckScripts({Opened(
      "RCPT",
      "MAIL FROM:<>\r\nRCPT TO:<>\r\nRCPT TO:<b@x.test> SIZE=1\r\n"
      "RCPT TO:<" +
          std::string(1281, 'a') +
          ">\r\n"
          "RCPT TO:<" +
          std::string(1280, 'a') + ">\r\n",
      "250 2.1.0 Ok\r\n501 5.1.3 There is no null recipient\r\n"
      "555 5.5.4 Unsupported parameter\r\n501 5.1.3 Address too long\r\n"
      "250 2.1.5 Ok\r\n")});
  CheckScripts({Opened(
      "RCPT without TO:", "MAIL FROM:<>\r\nRCPT FROM:<b>\r\nRCPT TO b\r\n",
      "250 2.1.0 Ok\r\n501 5.5.4 Syntax: TO:<address>\r\n"
      "501 5.5.4 Syntax: TO:<address>\r\n")});
}

TEST(LmtpSessionTest, BoundsTheLengthOfACommand) {
  const auto noop = [](std::size_t size) {
    return "NOOP " + std::string(size - 5, 'x');
  };
  CheckScripts({
      Opened("at the bound", noop(8192) + "\nNOOP\r\n",
             "250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n"),
      Opened("beyond it", noop(8193) + "\nNOOP\r\n",
             "500 5.5.2 Line too long\r\n250 2.0.0 Ok\r\n"),
      Opened("far beyond it", noop(50'000) + "\r\nNOOP\r\n",
             "500 5.5.2 Line too long\r\n250 2.0.0 Ok\r\n"),
  });
}

TEST(LmtpSessionTest, BoundsTheNumberOfRecipients) {
  const std::string rcpt = "RCPT TO:<b@x.test>\r\n";
  CheckScripts(
      {Opened("four of three",
              "MAIL FROM:<>\r\n" + rcpt + rcpt + rcpt + rcpt + "DATA\r\n.\r\n",
              "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n"
              "452 4.5.3 Too many recipients\r\n354 Go ahead\r\n"
              "[|b@x.test b@x.test b@x.test|0|]250 2.0.0 recorded\r\n"
              "250 2.0.0 recorded\r\n250 2.0.0 recorded\r\n")});
}

TEST(LmtpSessionTest, HangsUpAfterTooManyErrors) {
  const std::string unknown = "500 5.5.2 Unknown command\r\n";
  CheckScripts({
      Opened("the fourth", "A\r\nB\r\nC\r\nNOOP\r\nD\r\nNOOP\r\n",
             unknown + unknown + unknown +
                 "250 2.0.0 Ok\r\n421 4.3.2 Too many errors\r\n"),
      {"a web page", "POST / HTTP/1.1\r\nLHLO x\r\nMAIL FROM:<>\r\n",
       std::string(kGreeting) + "421 4.3.2 This is LMTP\r\n"},
  });
}

}  // namespace
}  // namespace postbounce
