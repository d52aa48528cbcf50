#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/daemon/pipe/fake_lmtp.h"
#include "tests/daemon/pipe/pipe_runner.h"

namespace postbounce {
namespace {

using Strings = std::vector<std::string>;
using Script = std::vector<FakeLmtp::Step>;
using Then = FakeLmtp::Then;

// Exit status 75, and one short line that no status begins.
void ExpectTryLater(PipeRunner* pipe, const std::string& words = "") {
  EXPECT_EQ(pipe->Wait(), 75);
  const std::string& output = pipe->output();
  EXPECT_TRUE(output.starts_with("postbounce-pipe: ")) << output;
  EXPECT_NE(output.find(words), std::string::npos) << output;
  EXPECT_LE(output.size(), 200u);
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 1);
  EXPECT_TRUE(output.ends_with('\n'));
}

Strings ArgumentsFor(const std::string& socket, int recipients = 1) {
  Strings arguments = {"-s", socket, "-t", "30", "-f", "", "--"};
  arguments.insert(arguments.end(), recipients, "b@x.test");
  return arguments;
}

// Replaces each step of a good dialogue in turn by `step`.
void FailEachStep(const FakeLmtp::Step& fault, const std::string& seconds) {
  const Script good = FakeLmtp::GoodScript(2);
  for (std::size_t i = 0; i < good.size(); ++i) {
    SCOPED_TRACE(i);
    Script script = good;
    script[i].reply = fault.reply;
    script[i].then = fault.then;
    FakeLmtp server(script);
    Strings arguments = ArgumentsFor(server.address(), 2);
    arguments[3] = seconds;
    PipeRunner pipe(arguments, FileOf("x\n"));
    ExpectTryLater(&pipe);
  }
}

TEST(PipeFailureTest, AnyReplyButTheRightOneIsTriedLater) {
  for (const std::string reply :
       {"421 4.3.2 stopping\r\n", "451 4.3.0 later\r\n", "550 5.1.1 never\r\n",
        "5.1.1 never\r\n", "251 2.1.5 Ok\r\n", "350 2.0.0 Ok\r\n", "\r\n",
        "garbage\r\n", "25\r\n", "2500 Ok\r\n", "250+Ok\r\n",
        "HTTP/1.1 200 OK\r\n", "554-5.1.1 a\r\n554 b\n"}) {
    SCOPED_TRACE(reply);
    FailEachStep({FakeLmtp::Wait::kNothing, reply, Then::kGoOn}, "30");
  }
}

TEST(PipeFailureTest, AServerThatHangsUpIsTriedLater) {
  for (const std::string reply :
       {"", "2", "250", "250 2.0.0 Ok", "354 Go ahead", "250-Ok\r\n"}) {
    SCOPED_TRACE(reply);
    FailEachStep({FakeLmtp::Wait::kNothing, reply, Then::kHangUp}, "30");
  }
}

TEST(PipeFailureTest, AServerThatFallsSilentIsTriedLater) {
  FailEachStep({FakeLmtp::Wait::kNothing, "250", Then::kFallSilent}, "1");
}

TEST(PipeFailureTest, AReplyWithoutEndIsTriedLater) {
  std::string lines;
  for (int i = 0; i < 101; ++i) lines += "250-x\r\n";
  const std::string long_line = "250 " + std::string(9000, 'x');
  FailEachStep({FakeLmtp::Wait::kNothing, lines, Then::kGoOn}, "30");
  FailEachStep({FakeLmtp::Wait::kNothing, long_line, Then::kGoOn}, "30");
}

TEST(PipeFailureTest, ARefusedRecipientDoesNotKeepTheOthersWaiting) {
  for (std::size_t refused : {3, 4}) {
    Script script = FakeLmtp::GoodScript(2);
    script[refused].reply = "550 5.1.3 No\r\n";
    script.pop_back();
    FakeLmtp server(script);
    PipeRunner pipe(ArgumentsFor(server.address(), 2), FileOf("x\n"));
    ExpectTryLater(&pipe, "RCPT: 550 5.1.3 No");
    server.Join();
    EXPECT_EQ(server.body(), "x\r\n");
  }
}

TEST(PipeFailureTest, NothingIsSentWhenEveryRecipientIsRefused) {
  Script script = FakeLmtp::GoodScript(1);
  script[3].reply = "452 4.5.3 No\r\n";
  FakeLmtp server(script);
  PipeRunner pipe(ArgumentsFor(server.address()), FileOf("x\n"));
  ExpectTryLater(&pipe, "RCPT: 452 4.5.3 No");
  server.Join();
  EXPECT_FALSE(server.saw_end());
}

TEST(PipeFailureTest, AServerThatIsNotThereIsTriedLater) {
  char folder[] = "/tmp/postbounce-pipe-test.XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/lmtp";
  PipeRunner missing(ArgumentsFor(path), FileOf("x\n"));
  ExpectTryLater(&missing, "connect: No such file");

  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(
      bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
      0);
  PipeRunner refused(ArgumentsFor(path), FileOf("x\n"));
  ExpectTryLater(&refused, "connect: Connection refused");

  // A queue of one, which is full after the second.
  ASSERT_EQ(listen(listener, 0), 0);
  const int first = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(
      connect(first, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
      0);
  Strings arguments = ArgumentsFor(path);
  arguments[3] = "1";
  PipeRunner full(arguments, FileOf("x\n"));
  ExpectTryLater(&full, "connect: timed out");
  close(first);
  close(listener);
  unlink(path.c_str());
  rmdir(folder);
}

TEST(PipeFailureTest, AMessageThatCannotBeReadIsNotEnded) {
  const int folder = open("/", O_RDONLY | O_CLOEXEC);
  const int write_only = open("/dev/null", O_WRONLY | O_CLOEXEC);
  for (const int input : {folder, write_only}) {
    FakeLmtp server(FakeLmtp::GoodScript());
    PipeRunner pipe(ArgumentsFor(server.address()), input);
    ExpectTryLater(&pipe, "read the message: ");
    server.Join();
    EXPECT_FALSE(server.saw_end());
  }
  PipeRunner closed(ArgumentsFor("/tmp/lmtp"), -1);
  ExpectTryLater(&closed, "standard input: Bad file descriptor");
}

TEST(PipeFailureTest, ClosedOutputsAreNotTakenForTheServer) {
  FakeLmtp server(FakeLmtp::GoodScript());
  const std::string end = " -f '' -- b@x.test >&- 2>&-";
  const auto status_of = [&end](const std::string& socket) {
    const std::string command =
        "echo x | " POSTBOUNCE_PIPE " -s " + socket + end;
    return WEXITSTATUS(system(command.c_str()));
  };
  EXPECT_EQ(status_of(server.address()), 0);
  EXPECT_EQ(status_of("/nonexistent/lmtp"), 75);
  server.Join();
  EXPECT_EQ(server.body(), "x\r\n");
}

TEST(PipeFailureTest, AMessageThatBreaksOffIsNotEnded) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  // Unread bytes make the other end's close an error for the reader.
  ASSERT_EQ(write(ends[0], "x", 1), 1);
  ASSERT_EQ(write(ends[1], "Subject: half", 13), 13);
  close(ends[1]);
  FakeLmtp server(FakeLmtp::GoodScript());
  PipeRunner pipe(ArgumentsFor(server.address()), ends[0]);
  ExpectTryLater(&pipe, "read the message: Connection reset");
  server.Join();
  EXPECT_FALSE(server.saw_end());
}

TEST(PipeFailureTest, AMessageThatDoesNotComeIsTriedLater) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  ASSERT_EQ(write(ends[1], "Subject: half\n", 14), 14);
  FakeLmtp server(FakeLmtp::GoodScript());
  Strings arguments = ArgumentsFor(server.address());
  arguments[3] = "1";
  PipeRunner pipe(arguments, ends[0]);
  ExpectTryLater(&pipe, "read the message: timed out");
  close(ends[1]);
  server.Join();
  EXPECT_FALSE(server.saw_end());
}

TEST(PipeFailureTest, ASignalIsTriedLater) {
  for (const int number : {SIGTERM, SIGALRM, SIGHUP, SIGINT, SIGPIPE}) {
    SCOPED_TRACE(number);
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    Script script = FakeLmtp::GoodScript();
    FakeLmtp server(script);
    PipeRunner pipe(ArgumentsFor(server.address()), ends[0]);
    // It reads after it has set up its handlers.
    const std::string bytes(1u << 20, 'x');
    ASSERT_EQ(write(ends[1], bytes.data(), bytes.size()),
              static_cast<ssize_t>(bytes.size()));
    kill(pipe.pid(), number);
    if (number == SIGPIPE) close(ends[1]);
    EXPECT_EQ(pipe.Wait(), number == SIGPIPE ? 0 : 75);
    if (number != SIGPIPE) close(ends[1]);
    server.Join();
    EXPECT_EQ(server.saw_end(), number == SIGPIPE);
  }
}

TEST(PipeFailureTest, AWrongCommandLineIsTriedLater) {
  const Strings kCases[] = {
      {},
      {"-s", "/tmp/lmtp"},
      {"-s", "/tmp/lmtp", "-f", ""},
      {"-s", "/tmp/lmtp", "-f", "", "--"},
      {"-s", "/tmp/lmtp", "b@x.test"},
      {"-f", "", "b@x.test"},
      {"-s", "", "-f", "", "b@x.test"},
      {"-s", std::string(108, 'x'), "-f", "", "b@x.test"},
      {"-s", "inet:", "-f", "", "b@x.test"},
      {"-s", "inet:24", "-f", "", "b@x.test"},
      {"-s", "inet::24", "-f", "", "b@x.test"},
      {"-s", "inet:127.0.0.1:", "-f", "", "b@x.test"},
      {"-s", "inet:127.0.0.1:0", "-f", "", "b@x.test"},
      {"-s", "inet:127.0.0.1:65536", "-f", "", "b@x.test"},
      {"-s", "inet:127.0.0.1:+24", "-f", "", "b@x.test"},
      {"-s", "inet:127.0.0.1:99999999999999999999", "-f", "", "b@x.test"},
      {"-s", "inet:localhost:24", "-f", "", "b@x.test"},
      {"-s", "inet:::1:24", "-f", "", "b@x.test"},
      {"-s", "inet:[::g]:24", "-f", "", "b@x.test"},
      {"-s", "inet:[" + std::string(500, '1') + "]:24", "-f", "", "b@x.test"},
      {"-t", "0", "-s", "/tmp/lmtp", "-f", "", "b@x.test"},
      {"-t", "901", "-s", "/tmp/lmtp", "-f", "", "b@x.test"},
      {"-t", "1m", "-s", "/tmp/lmtp", "-f", "", "b@x.test"},
      {"-t"},
      {"-x", "-s", "/tmp/lmtp", "-f", "", "b@x.test"},
      {"--help", "b@x.test"},
      {"--version", "b@x.test"},
  };
  for (const Strings& arguments : kCases) {
    std::string trace;
    for (const std::string& argument : arguments) trace += argument + " ";
    SCOPED_TRACE(trace);
    PipeRunner pipe(arguments, FileOf("x\n"));
    ExpectTryLater(&pipe, "try --help");
  }
}

}  // namespace
}  // namespace postbounce
