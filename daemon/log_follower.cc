#include "daemon/log_follower.h"

#include <chrono>
#include <utility>

#include "daemon/clock.h"

namespace postbounce {
namespace {

constexpr std::chrono::milliseconds kWait{1000};
constexpr std::chrono::seconds kTryAgain{1};

}  // namespace

LogFollower::LogFollower(std::unique_ptr<LogSource> source, LogReading reading,
                         Hooks hooks, bool ends)
    : source_(std::move(source)),
      reading_(std::move(reading)),
      hooks_(std::move(hooks)),
      ends_(ends),
      thread_([this] { Run(); }) {}

LogFollower::~LogFollower() { Stop(); }

void LogFollower::Use(LogReading::Settings settings) {
  const std::lock_guard lock(mutex_);
  fresh_ = std::move(settings);
}

bool LogFollower::WaitForEnd(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return wakeup_.wait_for(lock, time, [this] { return has_ended_; });
}

void LogFollower::Interrupt() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wakeup_.notify_all();
  }
  source_->Interrupt();
}

void LogFollower::Stop() {
  Interrupt();
  if (thread_.joinable()) thread_.join();
}

void LogFollower::TakeSettings() {
  std::optional<LogReading::Settings> fresh;
  {
    const std::lock_guard lock(mutex_);
    fresh = std::exchange(fresh_, std::nullopt);
  }
  if (fresh) reading_.Use(*std::move(fresh));
}

void LogFollower::Run() {
  // At first only a look, so that its position is stored soon.
  std::chrono::milliseconds wait(0);
  while (!stopping_ && !(ends_ && is_at_end_)) {
    TakeSettings();
    const bool may_go_on = Read(std::exchange(wait, kWait));
    if (WaitForStored() && HasNews()) HandOver();
    if (!may_go_on && !ends_) {
      std::unique_lock lock(mutex_);
      wakeup_.wait_for(lock, kTryAgain, [this] { return stopping_.load(); });
    }
  }
  // Its callback must not outlive this.
  static_cast<void>(WaitForStored());
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  wakeup_.notify_all();
}

// A position alone is news as well: where a start at the end was, or what
// rotation has done.
bool LogFollower::HasNews() const {
  if (!reading_.is_empty()) return true;
  return is_at_end_ && position_ != source_->Position();
}

// Lines for one batch: until there is enough, or nothing more for now. False
// after an error.
bool LogFollower::Read(std::chrono::milliseconds wait) {
  while (!stopping_ && !reading_.is_full()) {
    const auto chunk = source_->Next(wait);
    wait = std::chrono::milliseconds(0);
    if (!chunk) {
      Complain(chunk.error(), hooks_.complain);
      return false;
    }
    complaint_.clear();
    reading_.Add(*chunk, Now());
    is_at_end_ = chunk->is_end && chunk->lines.empty();
    if (chunk->lines.empty() || chunk->is_end) break;
  }
  return true;
}

void LogFollower::Complain(const Error& error,
                           const std::function<void(const std::string&)>& to) {
  std::string text = error.ToString();
  if (text == complaint_) return;
  to(reading_.log() + ": " + text);
  complaint_ = std::move(text);
}

void LogFollower::HandOver() {
  position_ = source_->Position();
  Submit(std::make_shared<const LogBatch>(reading_.Take(position_)));
}

void LogFollower::Submit(SharedLogBatch batch) {
  {
    const std::lock_guard lock(mutex_);
    pending_ = batch;
    stored_.reset();
  }
  hooks_.submit(std::move(batch), [this](const Result<Outcome>& outcome) {
    const std::lock_guard lock(mutex_);
    stored_ = outcome;
    wakeup_.notify_all();
  });
}

// Until what was handed over before is stored; false when that cannot be,
// since the daemon stops.
bool LogFollower::WaitForStored() {
  std::unique_lock lock(mutex_);
  while (pending_) {
    wakeup_.wait(lock, [this] { return stored_.has_value(); });
    if (*stored_) {
      const SharedLogBatch batch = std::exchange(pending_, nullptr);
      const Outcome outcome = **std::exchange(stored_, std::nullopt);
      lock.unlock();
      if (hooks_.stored) hooks_.stored(*batch, outcome);
      return true;
    }
    const Error error = stored_->error();
    const SharedLogBatch again = pending_;
    lock.unlock();
    Complain(error, hooks_.blocked);
    lock.lock();
    if (wakeup_.wait_for(lock, kTryAgain,
                         [this] { return stopping_.load(); })) {
      return false;
    }
    lock.unlock();
    Submit(again);
    lock.lock();
  }
  return true;
}

}  // namespace postbounce
