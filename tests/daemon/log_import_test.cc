#include "daemon/log_import.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/clock.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/store/samples.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

std::shared_ptr<const Runtime> DefaultRuntime() {
  return std::make_shared<const Runtime>(
      Runtime{ParseConfig("", "none").value(), LoadRules({}).value(), {}});
}

std::shared_ptr<const Site> ExampleSite() {
  Site site;
  site.policy = *PolicyWithoutProof();
  site.policy.origin = Origin({{"example.com"}, {}, {}});
  site.policy.scopes = Scopes({{"app", {}, {"till"}}});
  return std::make_shared<const Site>(std::move(site));
}

// A message of our own that failed for `recipient` so many hours ago.
std::string Failure(const std::string& id, const std::string& recipient,
                    int before = 1) {
  const std::string start =
      FormatTimestamp(Now() - std::chrono::hours(before)) + " mx postfix/";
  return start + "pickup[1]: " + id + ": uid=0 from=<shop@example.com>\n" +
         start + "qmgr[1]: " + id +
         ": from=<shop@example.com>, size=5, nrcpt=1 (queue active)\n" + start +
         "smtp[1]: " + id + ": to=<" + recipient +
         ">, relay=mx.example.org[192.0.2.1]:25, delay=1, delays=0/0/0/1, "
         "dsn=5.1.1, status=bounced (host mx.example.org[192.0.2.1] said: 550 "
         "5.1.1 User unknown (in reply to RCPT TO command))\n";
}

class LogImportTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = OpenSqliteStore({directory_ / "db", "secret", {}}).value();
    const auto site = ExampleSite();
    store_->Use({site, &site->policy});
  }

  void Append(const std::string& text) {
    std::ofstream(log_, std::ios::app) << text;
  }

  std::unique_ptr<LogImport> Start(Fd fd, bool apply) {
    std::vector<LogBytes> files;
    files.emplace_back(std::move(fd), "the log");
    LogImport::Options options;
    options.apply = apply;
    return std::make_unique<LogImport>(
        std::move(files), std::move(options),
        LogReading::Settings{DefaultRuntime(), ExampleSite()},
        LogImport::Readers{store_->OpenReader().value(),
                           store_->OpenReader().value()},
        [this](const SharedLogBatch& batch, const Committer::Done& done) {
          if (is_full_) {
            return done(Error(ErrorCode::kUnavailable, "the disk is full"));
          }
          const Write writes[] = {batch};
          auto outcomes = store_->Apply(writes, Now());
          done(outcomes ? std::move(outcomes->front())
                        : Result<Outcome>(outcomes.error()));
        });
  }

  static bool WaitFor(LogImport* import) {
    return import->Wait(std::chrono::seconds(60));
  }

  LogImport::Report Import(bool apply) {
    auto import = Start(Fd(open(log_.c_str(), O_RDONLY | O_CLOEXEC)), apply);
    EXPECT_TRUE(WaitFor(import.get()));
    return import->Now();
  }

  TempDir directory_;
  const std::string log_ = directory_ / "mail.log";
  std::unique_ptr<Store> store_;
  std::atomic<bool> is_full_ = false;
};

TEST_F(LogImportTest, APreviewSaysTheSameWheneverItIsAsked) {
  Append(Failure("ABCDE00001", "one@example.org"));
  for (const bool apply : {false, false, true}) {
    SCOPED_TRACE(apply);
    const LogImport::Report report = Import(apply);
    EXPECT_EQ(report.counters.lines, 3u);
    EXPECT_EQ(report.suppressions, 1u);
    EXPECT_EQ(report.examples, std::vector<std::string>{"one@example.org"});
  }
  EXPECT_EQ(Import(true).counters.lines, 0u);
  EXPECT_EQ(Import(false).suppressions, 0u) << "it is on the list";
}

TEST_F(LogImportTest, AFailureIsOfTheScopeOfItsLogin) {
  std::string log = Failure("ABCDE00001", "one@example.org");
  const std::string pickup =
      "pickup[1]: ABCDE00001: uid=0 from=<shop@"
      "example.com>";
  log.replace(log.find(pickup), pickup.size(),
              "smtpd[1]: ABCDE00001: client=pc[192.0.2.9], "
              "sasl_method=PLAIN, sasl_username=till");
  Append(log);
  EXPECT_EQ(Import(true).attempts, 1u);
  const auto story =
      store_->OpenReader().value()->Status(AddressOf("one@example.org"), 1);
  ASSERT_EQ(story.value().events.size(), 1u);
  EXPECT_EQ(story.value().events[0].event.scope, "app");
}

TEST_F(LogImportTest, LinesOfTheFutureAndOfWhatIsForgottenAreNotTaken) {
  Append(Failure("ABCDE00001", "future@example.org", -25));
  Append(Failure("ABCDE00002", "past@example.org", 24 * 401));
  Append(Failure("ABCDE00003", "one@example.org", 24 * 399));
  Append(Failure("ABCDE00004", "two@example.org", -23));
  const LogImport::Report report = Import(true);
  EXPECT_EQ(report.counters.lines, 12u);
  EXPECT_EQ(report.counters.bad, 6u);
  EXPECT_EQ(report.attempts, 2u);
  EXPECT_NE(report.counters.last_bad.find("older than store.keep_log"),
            std::string::npos)
      << report.counters.last_bad;
}

TEST_F(LogImportTest, ALineWithoutItsEndIsReadWhenItHasOne) {
  const std::string all = Failure("ABCDE00001", "one@example.org");
  Append(all.substr(0, all.size() - 20));
  const LogImport::Report first = Import(true);
  EXPECT_EQ(first.counters.lines, 2u);
  EXPECT_EQ(first.attempts, 0u);
  ASSERT_EQ(first.errors.size(), 1u);
  EXPECT_NE(first.errors[0].find("the log: its last line has no end"),
            std::string::npos);
  Append(all.substr(all.size() - 20));
  const LogImport::Report second = Import(true);
  EXPECT_EQ(second.counters.lines, 1u);
  EXPECT_EQ(second.attempts, 1u);
  EXPECT_EQ(second.suppressions, 1u);
  EXPECT_EQ(second.errors.size(), 0u);
}

TEST_F(LogImportTest, WhatCameThroughAPipeThatFallsSilentIsStored) {
  // The head of an archive is waited for, too.
  for (const std::string& half :
       {std::string("2026-11-20T10:00"), std::string("\x1f\x8b", 2)}) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    const Fd writer(ends[1]);
    const std::string lines =
        half[0] == '2' ? Failure("ABCDE00001", "one@example.org") : "";
    ASSERT_GT(
        write(writer.get(), (lines + half).data(), lines.size() + half.size()),
        0);
    auto import = Start(Fd(ends[0]), true);
    while (import->Now().counters.lines < (lines.empty() ? 0 : 3)) {
      ASSERT_FALSE(import->Wait(std::chrono::milliseconds(10)));
    }
    import->Interrupt();
    EXPECT_TRUE(WaitFor(import.get()));
    EXPECT_EQ(import->Now().counters.lines, lines.empty() ? 0u : 3u);
    EXPECT_TRUE(import->Now().errors.empty());
  }
}

TEST_F(LogImportTest, AFullDiskIsToldAndThenForgotten) {
  Append(Failure("ABCDE00001", "one@example.org"));
  is_full_ = true;
  auto import = Start(Fd(open(log_.c_str(), O_RDONLY | O_CLOEXEC)), true);
  while (import->Now().blocked.empty()) {
    ASSERT_FALSE(import->Wait(std::chrono::milliseconds(10)));
  }
  EXPECT_EQ(import->Now().blocked, "import: the disk is full");
  is_full_ = false;
  EXPECT_TRUE(WaitFor(import.get()));
  EXPECT_EQ(import->Now().blocked, "");
  EXPECT_TRUE(import->Now().errors.empty());
  EXPECT_EQ(import->Now().attempts, 1u);
}

}  // namespace
}  // namespace postbounce
