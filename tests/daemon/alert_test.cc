#include "daemon/alert.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/child.h"
#include "daemon/config.h"
#include "tests/store/samples.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

Alarm AnAlarm(std::int64_t number = 7) {
  Alarm alarm = MakeAlarm({GuardKind::kDomain, "gmail.test"}, Hour(3), {});
  alarm.id = AlarmId{number};
  return alarm;
}

TEST(AlertTest, NewsIsWhatGoesOnAndWhatBecameOfWhatWasTold) {
  using enum AlarmState;
  const Timestamp during = Hour(4);
  const Timestamp after = Hour(3) + std::chrono::days(3);
  const struct {
    const char* name;
    AlarmState state;
    std::optional<AlarmState> told;
    Timestamp now;
    bool want;
  } kCases[] = {
      {"raised", kOpen, {}, during, true},
      {"raised long ago, in an old log", kOpen, {}, after, false},
      {"told already", kOpen, kOpen, during, false},
      {"released", kReleased, kOpen, after, true},
      {"released, and told", kReleased, kReleased, after, false},
      {"released, but never told of", kReleased, {}, during, false},
      {"confirmed", kConfirmed, kOpen, after, true},
      {"opened again", kOpen, kReleased, during, true},
      {"opened again when it was over", kOpen, kReleased, after, false},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.name);
    Alarm alarm = AnAlarm();
    alarm.state = one.state;
    alarm.told = one.told;
    EXPECT_EQ(IsNews(alarm, one.now), one.want);
  }
}

TEST(AlertTest, ASentenceSaysWhoResolvedItAndWhy) {
  Alarm alarm = AnAlarm();
  alarm.state = AlarmState::kReleased;
  EXPECT_EQ(SentenceOf(alarm),
            "guard: alarm 7 (domain gmail.test): released, its failures count "
            "for nothing");
  alarm.actor = "joe";
  EXPECT_NE(SentenceOf(alarm).find("released by joe, "), std::string::npos);
  alarm.why = "they say so";
  EXPECT_NE(SentenceOf(alarm).find("released by joe (they say so), "),
            std::string::npos);
}

class AlerterTest : public ::testing::Test {
 protected:
  std::string Program(const std::string& script) {
    const std::string path = dir_ / "alert";
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  std::string Noted() { return ReadFile(dir_ / "noted").value(); }
  void Wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock,
                  [&] { return told_.size() + trouble_.size() >= count; });
  }

  TempDir dir_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::int64_t> told_;
  std::vector<std::string> trouble_;
  Alerter alerter_{[this](const Alarm& alarm) {
                     const std::lock_guard lock(mutex_);
                     told_.push_back(static_cast<std::int64_t>(alarm.id));
                     changed_.notify_one();
                   },
                   [this](const std::string& text) {
                     const std::lock_guard lock(mutex_);
                     trouble_.push_back(text);
                     changed_.notify_one();
                   }};
};

TEST_F(AlerterTest, TellsAProgramOneAlarmAfterTheOther) {
  const std::string program =
      Program("for a; do echo \"[$a]\"; done >> " + (dir_ / "noted"));
  alerter_.Tell(program, AnAlarm(7));
  alerter_.Tell(program, AnAlarm(8));
  Wait(2);
  EXPECT_EQ(told_, (std::vector<std::int64_t>{7, 8}));
  EXPECT_EQ(Noted(), "[open]\n[7]\n[domain gmail.test]\n[" +
                         SentenceOf(AnAlarm(7)) +
                         "]\n[open]\n[8]\n[domain gmail.test]\n[" +
                         SentenceOf(AnAlarm(8)) + "]\n");
}

TEST_F(AlerterTest, WhatFailedIsNotTold) {
  alerter_.Tell(dir_ / "none", AnAlarm(1));
  alerter_.Tell(Program("exit 3"), AnAlarm(2));
  Wait(2);
  EXPECT_EQ(told_, std::vector<std::int64_t>());
  EXPECT_NE(trouble_.at(0).find("cannot run"), std::string::npos);
  EXPECT_NE(trouble_.at(1).find("ended with 3"), std::string::npos);
}

TEST_F(AlerterTest, AnEndWaitsForNoProgram) {
  Alerter alerter([](const Alarm&) {}, [](const std::string&) {});
  alerter.Tell(Program("echo x > " + (dir_ / "noted") + "; exec sleep 1000"),
               AnAlarm());
  while (!std::filesystem::exists(dir_ / "noted")) sched_yield();
}

TEST_F(AlerterTest, KeepsNoMoreThanSoManyWaiting) {
  alerter_.Tell(Program("exec sleep 1000"), AnAlarm());
  for (std::size_t i = 0; i <= Alerter::kWaiting; ++i) {
    alerter_.Tell("/bin/true", AnAlarm());
  }
  Wait(1);
  EXPECT_NE(trouble_.at(0).find("too much to do"), std::string::npos);
}

TEST(ChildTest, HasNothingOfTheDaemonsButItsOutput) {
  const TempDir dir;
  const std::string secret = dir / "secret";
  const Descriptor open_file(open(secret.c_str(), O_CREAT | O_RDWR, 0600));
  ASSERT_GE(open_file.get(), 0);
  const auto before = signal(SIGPIPE, SIG_IGN);
  const std::string command[] = {
      "/bin/sh", "-c",
      "grep SigIgn /proc/self/status > \"$0\"; ls -l /proc/self/fd >> \"$0\"",
      dir / "noted"};
  const auto run = RunChild(command, {}, std::chrono::seconds(60), {});
  signal(SIGPIPE, before);
  ASSERT_TRUE(run.has_value()) << run.error().ToString();
  const std::string noted = ReadFile(dir / "noted").value();
  const std::uint64_t ignored = std::stoull(noted.substr(8), nullptr, 16);
  EXPECT_EQ(ignored >> (SIGPIPE - 1) & 1, 0u) << noted;
  EXPECT_EQ(noted.find(secret), std::string::npos) << noted;
  EXPECT_NE(noted.find("0 -> /dev/null"), std::string::npos) << noted;
}

TEST(ChildTest, IsKilledWithAllThatItHasStarted) {
  const TempDir dir;
  const std::string pid = dir / "pid";
  const std::string command[] = {
      "/bin/sh", "-c", "sleep 1000 & echo $! > \"$0\"; echo >> \"$0\"; wait",
      pid};
  std::stop_source stop;
  const std::jthread stopper([&] {
    while (!std::filesystem::exists(pid) || ReadFile(pid).value().size() < 3) {
      sched_yield();
    }
    stop.request_stop();
  });
  const auto run =
      RunChild(command, {}, std::chrono::hours(1), stop.get_token());
  ASSERT_FALSE(run.has_value());
  EXPECT_NE(run.error().text().find("signal 9"), std::string::npos);
  // A process that is still there is one that nobody has waited for.
  const std::string stat =
      "/proc/" + std::to_string(std::stoi(ReadFile(pid).value())) + "/stat";
  const auto is_alive = [&] {
    const auto text = ReadFile(stat);
    return text && text->find(") Z ") == std::string::npos;
  };
  while (is_alive()) sched_yield();
}

}  // namespace
}  // namespace postbounce
