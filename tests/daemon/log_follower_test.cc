#include "daemon/log_follower.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "daemon/logs/file_source.h"
#include "store/sqlite/sqlite_store.h"
#include "tests/temp_dir.h"

namespace postbounce {
namespace {

std::shared_ptr<const Runtime> DefaultRuntime() {
  return std::make_shared<const Runtime>(
      Runtime{ParseConfig("", "none").value(), LoadRules({}).value(), {}});
}

void Append(const std::string& path, int lines) {
  std::ofstream file(path, std::ios::app);
  for (int i = 0; i < lines; ++i) {
    file << "Nov 21 00:11:23 out postfix/smtp[21833]: line\n";
  }
}

class LogFollowerTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = OpenSqliteStore({directory_ / "db", "secret", {}}).value();
  }

  void Follow() {
    FileSource::Options options;
    options.patterns = {directory_ / "mail.log"};
    options.start = FollowedFile::Start::kEnd;
    options.position = position_;
    LogReading::Options reading;
    reading.log = "mail";
    LogFollower::Hooks hooks;
    hooks.submit = [this](const SharedLogBatch& batch,
                          const Committer::Done& done) {
      {
        const std::lock_guard lock(mutex_);
        lines_ += batch->counters.lines;
        if (batch->position) position_ = *batch->position;
        changed_.notify_all();
      }
      done(Outcome());
    };
    hooks.complain =
        hooks.blocked = [](const std::string& text) { ADD_FAILURE() << text; };
    follower_ = std::make_unique<LogFollower>(
        std::make_unique<FileSource>(std::move(options)),
        LogReading(std::move(reading),
                   {DefaultRuntime(), std::make_shared<const Site>()},
                   store_->OpenReader().value()),
        std::move(hooks));
  }

  template <class Condition>
  bool WaitFor(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), condition);
  }

  TempDir directory_;
  std::unique_ptr<Store> store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t lines_ = 0;
  std::string position_;
  std::unique_ptr<LogFollower> follower_;
};

TEST_F(LogFollowerTest, StoresWhereItStartedBeforeThereIsALine) {
  Append(directory_ / "mail.log", 10);
  Follow();
  ASSERT_TRUE(WaitFor([this] { return !position_.empty(); }));
  follower_.reset();
  Append(directory_ / "mail.log", 7);
  Follow();
  EXPECT_TRUE(WaitFor([this] { return lines_ > 0; }));
  follower_.reset();
  EXPECT_EQ(lines_, 7u);
}

}  // namespace
}  // namespace postbounce
