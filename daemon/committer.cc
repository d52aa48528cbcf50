#include "daemon/committer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "daemon/counters.h"

namespace postbounce {
namespace {

// A group larger than this makes its first item wait for little gain.
constexpr std::size_t kGroup = 200;
// The log is moved into the database when nothing has come for so long, or
// when it has grown by so many writes.
constexpr std::chrono::milliseconds kIdle{500};
constexpr std::size_t kCheckpointWrites = 2'000;
// A batch of a log writes as much as so many mails.
constexpr std::size_t kWritesPerLogBatch = 100;

Error Stopping() { return {ErrorCode::kUnavailable, "the daemon is stopping"}; }

}  // namespace

Committer::Committer(Store* store, Hooks hooks)
    : store_(store), hooks_(std::move(hooks)), thread_([this] { Run(); }) {}

Committer::~Committer() { Stop(); }

void Committer::Submit(Write write, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      queue_.push_back({std::move(write), std::move(done)});
      wakeup_.notify_one();
      return;
    }
  }
  hooks_.post([done = std::move(done)] { done(Stopping()); });
}

void Committer::SubmitLog(SharedLogBatch batch, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      logs_.push_back({std::move(batch), std::move(done)});
      wakeup_.notify_one();
      return;
    }
  }
  done(Stopping());
}

void Committer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wakeup_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

bool Committer::IsLogDue() const {
  return !logs_.empty() && (stopping_ || Clock::now() >= log_due_);
}

// False when there is nothing to do yet.
bool Committer::WaitForWork(std::unique_lock<std::mutex>* lock) {
  const auto has_work = [this] {
    return !queue_.empty() || IsLogDue() || stopping_;
  };
  if (!logs_.empty()) return wakeup_.wait_until(*lock, log_due_, has_work);
  const auto has_any = [&] { return has_work() || !logs_.empty(); };
  if (since_checkpoint_ == 0) {
    wakeup_.wait(*lock, has_any);
  } else if (!wakeup_.wait_for(*lock, kIdle, has_any)) {
    lock->unlock();
    Tidy();
    lock->lock();
  }
  return has_work();
}

void Committer::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (!WaitForWork(&lock)) continue;
    if (queue_.empty() && logs_.empty()) return;
    std::vector<Item> group = NextGroup();
    std::optional<Item> log = NextLog();
    lock.unlock();
    is_shared_ |= !group.empty();
    if (!group.empty()) Commit(std::move(group));
    if (log) CommitLog(*std::move(log));
    lock.lock();
  }
}

std::optional<Committer::Item> Committer::NextLog() {
  if (!IsLogDue()) return std::nullopt;
  std::optional<Item> log = std::move(logs_.front());
  logs_.pop_front();
  return log;
}

std::vector<Committer::Item> Committer::NextGroup() {
  std::vector<Item> group = std::exchange(queue_, {});
  if (group.size() > kGroup) {
    queue_.assign(std::make_move_iterator(group.begin() + kGroup),
                  std::make_move_iterator(group.end()));
    group.resize(kGroup);
  }
  return group;
}

void Committer::CommitLog(Item item) {
  const Clock::time_point begin = Clock::now();
  auto outcomes = store_->Apply(std::span(&item.write, 1), hooks_.now());
  Count(outcomes, 1, begin);
  const Result<Outcome> outcome = outcomes ? std::move(outcomes->front())
                                           : Result<Outcome>(outcomes.error());
  if (outcome && (!outcome->changes.empty() || !outcome->alarms.empty())) {
    hooks_.changed(outcome->changes);
    hooks_.post([this, alarms = outcome->alarms] {
      for (const Alarm& alarm : alarms) hooks_.alarmed(alarm);
    });
  }
  item.done(outcome);
  since_checkpoint_ += kWritesPerLogBatch;
  if (since_checkpoint_ >= kCheckpointWrites) Tidy();
  log_due_ = Clock::now();
  if (std::exchange(is_shared_, false)) log_due_ += 2 * (log_due_ - begin);
}

void Committer::Commit(std::vector<Item> group) {
  std::vector<Write> writes;
  writes.reserve(group.size());
  for (Item& item : group) writes.push_back(std::move(item.write));
  const Clock::time_point begin = Clock::now();
  auto outcomes = store_->Apply(writes, hooks_.now());
  Count(outcomes, writes.size(), begin);
  if (!outcomes) hooks_.complain(outcomes.error().ToString());

  std::vector<ListChange> changes;
  std::vector<Alarm> alarms;
  std::vector<std::function<void()>> answers;
  answers.reserve(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    Result<Outcome> outcome = outcomes ? std::move((*outcomes)[i])
                                       : Result<Outcome>(outcomes.error());
    if (outcome) {
      changes.insert(changes.end(), outcome->changes.begin(),
                     outcome->changes.end());
      alarms.insert(alarms.end(), outcome->alarms.begin(),
                    outcome->alarms.end());
    }
    answers.push_back([done = std::move(group[i].done),
                       outcome = std::move(outcome)] { done(outcome); });
  }
  hooks_.changed(changes);
  hooks_.post([this, alarms = std::move(alarms), answers = std::move(answers)] {
    for (const Alarm& alarm : alarms) hooks_.alarmed(alarm);
    for (const auto& answer : answers) answer();
  });
  since_checkpoint_ += group.size();
  if (since_checkpoint_ >= kCheckpointWrites) Tidy();
}

std::size_t Committer::waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size() + logs_.size();
}

void Committer::Count(const Result<std::vector<Result<Outcome>>>& outcomes,
                      std::size_t writes, Clock::time_point begin) const {
  if (hooks_.counters == nullptr) return;
  CounterShare& counters = *hooks_.counters;
  counters.AddCommit(Clock::now() - begin);
  for (std::size_t i = 0; i < writes; ++i) {
    const bool is_stored = outcomes && (*outcomes)[i];
    const WriteEnd end = !is_stored              ? WriteEnd::kFailed
                         : (*outcomes)[i]->known ? WriteEnd::kKnown
                                                 : WriteEnd::kStored;
    counters.Add(Tally::kWrites, static_cast<std::size_t>(end));
    if (is_stored) counters.AddChanges((*outcomes)[i]->changes);
  }
}

void Committer::Tidy() {
  since_checkpoint_ = 0;
  const auto done = store_->Checkpoint();
  if (!done) hooks_.complain(done.error().ToString());
}

}  // namespace postbounce
