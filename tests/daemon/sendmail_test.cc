#include "daemon/sendmail.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "daemon/config.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

class SendMailTest : public ::testing::Test {
 protected:
  // A sendmail(1) that notes its arguments and its input, then does `script`.
  std::string Program(const std::string& script) {
    const std::string path = dir_ / "sendmail";
    std::ofstream(path) << "#!/bin/sh\nfor a; do echo \"[$a]\"; done > "
                        << dir_.path() << "/args\ncat > " << dir_.path()
                        << "/input\n"
                        << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  std::string Noted(const std::string& name) {
    return ReadFile(dir_ / name).value();
  }

  TempDir dir_;
};

TEST_F(SendMailTest, GivesTheMessageWithTheNullSender) {
  const std::string message = "Subject: x\n\n" + std::string(300'000, 'y');
  const auto sent = SendMail(Program("exit 0"), "joe@example.org", message,
                             std::chrono::seconds(30));
  ASSERT_TRUE(sent.has_value()) << sent.error().ToString();
  EXPECT_EQ(Noted("args"), "[-i]\n[-f]\n[]\n[--]\n[joe@example.org]\n");
  EXPECT_EQ(Noted("input"), message);
}

TEST_F(SendMailTest, ReportsEveryOtherEnd) {
  const auto limit = std::chrono::seconds(30);
  const auto refused = SendMail(Program("exit 75"), "a@b", "x", limit);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().text().find("ended with 75"), std::string::npos);
  const auto killed = SendMail(Program("kill -9 $$"), "a@b", "x", limit);
  ASSERT_FALSE(killed.has_value());
  EXPECT_NE(killed.error().text().find("signal 9"), std::string::npos);
  EXPECT_FALSE(SendMail(dir_ / "none", "a@b", "x", limit).has_value());
}

TEST_F(SendMailTest, EndsAProgramThatHangs) {
  const auto hung =
      SendMail(Program("exec sleep 1000"), "a@b", "x", std::chrono::seconds(0));
  ASSERT_FALSE(hung.has_value());
  EXPECT_NE(hung.error().text().find("signal 9"), std::string::npos);
}

TEST_F(SendMailTest, ASignalOfTheDaemonsDoesNotEndTheProgram) {
  struct sigaction handler {};
  handler.sa_handler = [](int) {};
  struct sigaction before {};
  sigaction(SIGUSR1, &handler, &before);
  const auto sent = SendMail(
      Program("kill -USR1 $PPID; for i in 1 2 3 4 5; do ls /proc > /dev/null; "
              "done; exit 0"),
      "a@b", "x", std::chrono::seconds(30));
  sigaction(SIGUSR1, &before, nullptr);
  EXPECT_TRUE(sent.has_value()) << sent.error().ToString();
}

TEST_F(SendMailTest, AnEndThatNobodyKnowsIsNoSuccess) {
  const auto before = signal(SIGCHLD, SIG_IGN);
  const auto sent =
      SendMail(Program("exit 75"), "a@b", "x", std::chrono::seconds(30));
  signal(SIGCHLD, before);
  EXPECT_FALSE(sent.has_value());
}

TEST_F(SendMailTest, TheProgramGetsNoDescriptorOfTheDaemons) {
  constexpr int kOurs = 123;
  ASSERT_EQ(dup2(STDERR_FILENO, kOurs), kOurs);
  const auto sent = SendMail(Program("test ! -e /proc/$$/fd/123"), "a@b", "x",
                             std::chrono::seconds(30));
  close(kOurs);
  EXPECT_TRUE(sent.has_value()) << sent.error().ToString();
}

TEST(ToBeForwardedTest, PutsTheLoopHeaderInFront) {
  EXPECT_EQ(ToBeForwarded("From x Sat Nov 21\r\nSubject: a\r\n\r\nb", "mx"),
            "X-Postbounce-Forwarded: mx\nSubject: a\n\nb\n");
}

}  // namespace
}  // namespace postbounce
