#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/daemon/pipe/fake_lmtp.h"
#include "tests/daemon/pipe/pipe_runner.h"

namespace postbounce {
namespace {

using Strings = std::vector<std::string>;

Strings Arguments(const FakeLmtp& server, const std::string& sender,
                  const Strings& recipients) {
  Strings arguments = {"-s", server.address(), "-f", sender, "--"};
  arguments.insert(arguments.end(), recipients.begin(), recipients.end());
  return arguments;
}

// The message with CRLF line ends, as a server should get it.
std::string Normalised(const std::string& message) {
  std::string result;
  for (std::size_t i = 0; i < message.size(); ++i) {
    const bool has_cr = i > 0 && message[i - 1] == '\r';
    if (message[i] == '\n' && !has_cr) result += '\r';
    result += message[i];
  }
  if (!result.empty() && !result.ends_with('\n')) result += "\r\n";
  return result;
}

// `body` without the dots that were added.
std::string WithoutDots(const std::string& body) {
  std::string result;
  result.reserve(body.size());
  for (std::size_t i = 0; i < body.size(); ++i) {
    const bool starts_line = i == 0 || body[i - 1] == '\n';
    if (starts_line && body[i] == '.') continue;
    result += body[i];
  }
  return result;
}

void ExpectDelivered(const std::string& message,
                     FakeLmtp::Where where = FakeLmtp::Where::kUnix,
                     std::size_t chunk = 65536) {
  FakeLmtp server(FakeLmtp::GoodScript(), where, chunk);
  PipeRunner pipe(Arguments(server, "", {"b@x.test"}), FileOf(message));
  EXPECT_EQ(pipe.Wait(), 0);
  EXPECT_EQ(pipe.output(), "");
  server.Join();
  EXPECT_TRUE(server.saw_end());
  EXPECT_TRUE(WithoutDots(server.body()) == Normalised(message));
}

TEST(PipeTest, SaysWhatPostfixSaid) {
  FakeLmtp server(FakeLmtp::GoodScript(2));
  PipeRunner pipe(Arguments(server, "", {"a+1@x.test", "\"b c\"@x.test"}),
                  FileOf("Subject: x\n\n.\n"));
  EXPECT_EQ(pipe.Wait(), 0);
  EXPECT_EQ(pipe.output(), "");
  server.Join();
  ASSERT_EQ(server.lines().size(), 5u);
  EXPECT_TRUE(server.lines()[0].starts_with("LHLO "));
  EXPECT_EQ(server.lines()[1], "MAIL FROM:<>");
  EXPECT_EQ(server.lines()[2], "RCPT TO:<a+1@x.test>");
  EXPECT_EQ(server.lines()[3], "RCPT TO:<\"b c\"@x.test>");
  EXPECT_EQ(server.lines()[4], "DATA");
  EXPECT_EQ(server.body(), "Subject: x\r\n\r\n..\r\n");
}

TEST(PipeTest, DeliversEveryByte) {
  for (const std::string& message :
       {std::string(), std::string("\n"), std::string("no newline"),
        std::string("a\r\nb\nc\r\r\nd\re\n"), std::string("ends with CR\r"),
        std::string(".\n..\n.a\n\n.\r\n.\r.\n."), std::string("\n.\n.\n"),
        std::string("\0a\0\n\xff\xc3\xa9\n", 8),
        std::string("\n.\nQUIT\n.\r\nRSET\n")}) {
    SCOPED_TRACE(message);
    ExpectDelivered(message);
  }
}

TEST(PipeTest, DeliversALargeMessage) {
  std::string message;
  while (message.size() < (70u << 20)) {
    message += ".line " + std::to_string(message.size()) + "\n\n..\r\n";
  }
  ExpectDelivered(message);
}

TEST(PipeTest, DeliversTheSameWhereverItsBuffersEnd) {
  for (const std::string line : {"\n", ".", "\n.", "\r\n", "\r", "\r\n.\n"}) {
    SCOPED_TRACE(line);
    std::string message = "x";
    while (message.size() < 200'000) message += line;
    ExpectDelivered(message);
  }
}

TEST(PipeTest, WaitsForASlowServer) {
  ExpectDelivered(std::string(1u << 20, '.') + "\n", FakeLmtp::Where::kUnix,
                  100);
}

TEST(PipeTest, DeliversToAPort) {
  ExpectDelivered("x\n", FakeLmtp::Where::kInet4);
  ExpectDelivered("x\n", FakeLmtp::Where::kInet6);
}

TEST(PipeTest, ReadsFromAPipeInPieces) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  FakeLmtp server(FakeLmtp::GoodScript());
  PipeRunner pipe(Arguments(server, "", {"b@x.test"}), ends[0]);
  for (const char c : std::string("a\r\n.\n\r\n.")) {
    EXPECT_EQ(write(ends[1], &c, 1), 1);
    std::this_thread::yield();
  }
  close(ends[1]);
  EXPECT_EQ(pipe.Wait(), 0);
  server.Join();
  EXPECT_EQ(server.body(), "a\r\n..\r\n\r\n..\r\n");
}

TEST(PipeTest, DeliversToManyRecipients) {
  const Strings recipients(500, std::string(300, 'r') + "@x.test");
  FakeLmtp server(FakeLmtp::GoodScript(500));
  PipeRunner pipe(Arguments(server, "a@x.test", recipients), FileOf("x\n"));
  EXPECT_EQ(pipe.Wait(), 0);
  server.Join();
  EXPECT_EQ(server.body(), "x\r\n");
}

TEST(PipeTest, NoAddressEndsACommand) {
  struct {
    std::string address;
    std::string sender;
    std::string recipient;
  } const kCases[] = {
      {"", "MAIL FROM:<>", "RCPT TO:<\"\">"},
      {"-h@x.test", "MAIL FROM:<-h@x.test>", "RCPT TO:<-h@x.test>"},
      {"a@x>\r\nRSET\r\n", "MAIL FROM:<\"a@x>??RSET??\">",
       "RCPT TO:<\"a@x>??RSET??\">"},
      {"a>b@x.test", "MAIL FROM:<\"a>b\"@x.test>", "RCPT TO:<\"a>b\"@x.test>"},
      {"a b@x.test", "MAIL FROM:<\"a b\"@x.test>", "RCPT TO:<\"a b\"@x.test>"},
      {"\"a@x.test", "MAIL FROM:<\"\\\"a\"@x.test>",
       "RCPT TO:<\"\\\"a\"@x.test>"},
      {"a\\@x.test", "MAIL FROM:<\"a\\\\\"@x.test>",
       "RCPT TO:<\"a\\\\\"@x.test>"},
      {"\"a\\\"b\"@x.test", "MAIL FROM:<\"a\\\"b\"@x.test>",
       "RCPT TO:<\"a\\\"b\"@x.test>"},
      {"a\n@x.test", "MAIL FROM:<\"a?\"@x.test>", "RCPT TO:<\"a?\"@x.test>"},
      {"\xc3\xa9@x.test", "MAIL FROM:<\xc3\xa9@x.test> SMTPUTF8",
       "RCPT TO:<\xc3\xa9@x.test>"},
  };
  for (const auto& [address, sender, recipient] : kCases) {
    SCOPED_TRACE(address);
    FakeLmtp server(FakeLmtp::GoodScript());
    PipeRunner pipe(Arguments(server, address, {address}), FileOf("x\n"));
    EXPECT_EQ(pipe.Wait(), 0);
    server.Join();
    ASSERT_EQ(server.lines().size(), 4u);
    EXPECT_EQ(server.lines()[1], sender);
    EXPECT_EQ(server.lines()[2], recipient);
  }
}

TEST(PipeTest, CutsAnAddressThatNoServerTakes) {
  for (const std::string& address :
       {std::string(1001, 'a'), std::string(90'000, '"'),
        std::string(5000, '\\') + "@x.test", "a@" + std::string(5000, 'x')}) {
    FakeLmtp server(FakeLmtp::GoodScript());
    PipeRunner pipe(Arguments(server, "", {address}), FileOf("x\n"));
    EXPECT_EQ(pipe.Wait(), 0);
    server.Join();
    ASSERT_EQ(server.lines().size(), 4u);
    EXPECT_GT(server.lines()[2].size(), 700u);
    EXPECT_LE(server.lines()[2].size(), 1000 + sizeof("RCPT TO:<>"));
  }
}

// libstdc++ costs more than all the rest of the program's start.
TEST(PipeTest, NeedsTheCLibraryAlone) {
#ifdef POSTBOUNCE_SANITIZED
  GTEST_SKIP() << "sanitizers bring libraries of their own";
#endif
  std::ifstream file(POSTBOUNCE_PIPE, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  EXPECT_GT(bytes.size(), 1000u);
  // The second is in each program that libstdc++ is linked into.
  for (const char* trace : {"libstdc++.so", "St9exception"}) {
    EXPECT_EQ(bytes.find(trace), std::string::npos) << trace;
  }
}

TEST(PipeTest, ExplainsItselfWhenAskedForNothingElse) {
  for (const std::string option : {"--help", "-h"}) {
    PipeRunner pipe({option}, FileOf(""));
    EXPECT_EQ(pipe.Wait(), 0);
    EXPECT_TRUE(pipe.output().starts_with("usage: postbounce-pipe -s "));
  }
  PipeRunner pipe({"--version"}, FileOf(""));
  EXPECT_EQ(pipe.Wait(), 0);
  EXPECT_TRUE(pipe.output().starts_with("postbounce-pipe "));
}

}  // namespace
}  // namespace postbounce
