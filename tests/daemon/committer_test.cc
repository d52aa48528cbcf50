#include "daemon/committer.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace postbounce {
namespace {

// A store that lets each Apply wait for its test, and fails as told.
class ScriptedStore : public Store {
 public:
  Result<std::vector<Result<Outcome>>> Apply(std::span<const Write> writes,
                                             Timestamp) override {
    std::unique_lock lock(mutex_);
    groups_.push_back(writes.size());
    changed_.notify_all();
    changed_.wait(lock, [this] { return permits_ > 0; });
    --permits_;
    if (fail_all_) return Error(ErrorCode::kUnavailable, "disk full");
    std::vector<Result<Outcome>> outcomes;
    for (std::size_t i = 0; i < writes.size(); ++i) {
      if (std::holds_alternative<MarkSeen>(writes[i])) {
        outcomes.push_back(Error(ErrorCode::kIo, "this one is bad"));
        continue;
      }
      Outcome outcome;
      outcome.changes.push_back({{}, "", ListState::kActive, {}});
      outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }
  void Use(std::shared_ptr<const SitePolicy>) override {}
  Result<void> Checkpoint() override { return {}; }
  Result<std::unique_ptr<Reader>> OpenReader() override {
    return Error(ErrorCode::kIo, "none");
  }

  void WaitForGroups(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return groups_.size() >= count; });
  }
  void Permit(int count) {
    const std::lock_guard lock(mutex_);
    permits_ += count;
    changed_.notify_all();
  }
  void FailAll() {
    const std::lock_guard lock(mutex_);
    fail_all_ = true;
  }
  std::vector<std::size_t> groups() {
    const std::lock_guard lock(mutex_);
    return groups_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::size_t> groups_;
  int permits_ = 0;
  bool fail_all_ = false;
};

class CommitterTest : public ::testing::Test {
 protected:
  CommitterTest() {
    Committer::Hooks hooks;
    hooks.post = [this](std::function<void()> function) {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(function));
      arrived_.notify_all();
    };
    hooks.alarmed = [](const Alarm&) {};
    hooks.changed = [this](std::span<const ListChange> changes) {
      const std::lock_guard lock(mutex_);
      story_.push_back("changed " + std::to_string(changes.size()));
    };
    hooks.now = [] { return Timestamp{}; };
    hooks.complain = [this](const std::string& text) {
      const std::lock_guard lock(mutex_);
      complaints_.push_back(text);
    };
    committer_ = std::make_unique<Committer>(&store_, hooks);
  }

  void Submit(Write write, const std::string& name) {
    committer_->Submit(std::move(write),
                       [this, name](const Result<Outcome>& outcome) {
                         story_.push_back(name + (outcome ? " ok" : " failed"));
                       });
  }

  // Runs the next function posted to the loop.
  void RunOne() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !posted_.empty(); });
    const auto function = std::move(posted_.front());
    posted_.pop_front();
    lock.unlock();
    function();
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> posted_;
  std::vector<std::string> story_;
  std::vector<std::string> complaints_;
  ScriptedStore store_;
  std::unique_ptr<Committer> committer_;
};

TEST_F(CommitterTest, WhatComesDuringACommitIsTheNextGroup) {
  Submit(Prune{}, "a");
  store_.WaitForGroups(1);
  Submit(Prune{}, "b");
  Submit(Prune{}, "c");
  store_.Permit(1);
  RunOne();
  EXPECT_EQ(story_, (std::vector<std::string>{"changed 1", "a ok"}));
  store_.Permit(1);
  RunOne();
  EXPECT_EQ(story_, (std::vector<std::string>{"changed 1", "a ok", "changed 2",
                                              "b ok", "c ok"}));
  EXPECT_EQ(store_.groups(), (std::vector<std::size_t>{1, 2}));
}

TEST_F(CommitterTest, NoGroupIsLargerThanTwoHundred) {
  Submit(Prune{}, "first");
  store_.WaitForGroups(1);
  for (int i = 0; i < 201; ++i) Submit(Prune{}, "x");
  store_.Permit(3);
  for (int i = 0; i < 3; ++i) RunOne();
  EXPECT_EQ(store_.groups(), (std::vector<std::size_t>{1, 200, 1}));
}

TEST_F(CommitterTest, ABadItemFailsAlone) {
  Submit(Prune{}, "first");
  store_.WaitForGroups(1);
  Submit(MarkSeen{}, "bad");
  Submit(Prune{}, "good");
  for (int i = 0; i < 2; ++i) {
    store_.Permit(1);
    RunOne();
  }
  EXPECT_EQ(story_,
            (std::vector<std::string>{"changed 1", "first ok", "changed 1",
                                      "bad failed", "good ok"}));
}

TEST_F(CommitterTest, AFailedCommitFailsTheWholeGroupAndIsLogged) {
  store_.FailAll();
  Submit(Prune{}, "a");
  store_.Permit(1);
  RunOne();
  EXPECT_EQ(story_, (std::vector<std::string>{"changed 0", "a failed"}));
  EXPECT_EQ(complaints_, std::vector<std::string>{"disk full"});
}

TEST_F(CommitterTest, StopFinishesWhatIsQueuedAndRefusesTheRest) {
  Submit(Prune{}, "a");
  store_.WaitForGroups(1);
  Submit(Prune{}, "b");
  store_.Permit(2);
  committer_->Stop();
  EXPECT_EQ(store_.groups(), (std::vector<std::size_t>{1, 1}));
  Submit(Prune{}, "late");
  for (int i = 0; i < 3; ++i) RunOne();
  EXPECT_EQ(story_.back(), "late failed");
  EXPECT_EQ(story_[3], "b ok");
}

}  // namespace
}  // namespace postbounce
