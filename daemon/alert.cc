#include "daemon/alert.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "daemon/child.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kShown = 300;
constexpr std::chrono::seconds kLimit{30};

// " by root (I asked)"; empty where nobody has resolved it.
std::string WhoseWord(const Alarm& alarm) {
  if (alarm.actor.empty()) return "";
  std::string words = " by " + Printable(alarm.actor, kShown);
  if (!alarm.why.empty()) words += " (" + Printable(alarm.why, kShown) + ")";
  return words;
}

}  // namespace

std::string SentenceOf(const Alarm& alarm) {
  const std::string subject = Printable(alarm.subject.ToString(), kShown);
  const auto id = static_cast<std::int64_t>(alarm.id);
  switch (alarm.state) {
    case AlarmState::kOpen:
      return fmt::format(
          "guard: alarm {} ({}): far more mail than usual fails for good; what "
          "failed since {} is held and suppresses nobody, see `postbounce "
          "held`",
          id, subject, FormatTimestamp(alarm.since));
    case AlarmState::kReleased:
      return fmt::format(
          "guard: alarm {} ({}): released{}, its failures count for nothing",
          id, subject, WhoseWord(alarm));
    case AlarmState::kConfirmed:
      return fmt::format(
          "guard: alarm {} ({}): confirmed{}, its failures count", id, subject,
          WhoseWord(alarm));
  }
  return {};
}

bool IsNews(const Alarm& alarm, Timestamp now) {
  if (alarm.told == alarm.state) return false;
  return alarm.state == AlarmState::kOpen ? now < alarm.until
                                          : alarm.told.has_value();
}

Alerter::Alerter(std::function<void(const Alarm&)> told,
                 std::function<void(const std::string&)> complain)
    : told_(std::move(told)),
      complain_(std::move(complain)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void Alerter::Tell(const std::string& program, const Alarm& alarm) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kWaiting) {
      waiting_.push_back({program, alarm});
      wakeup_.notify_one();
      return;
    }
  }
  complain_(fmt::format("{} has too much to do, and is not run for alarm {}",
                        program, static_cast<std::int64_t>(alarm.id)));
}

void Alerter::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (wakeup_.wait(lock, stop, [this] { return !waiting_.empty(); }) &&
         !stop.stop_requested()) {
    const Item item = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const Alarm& alarm = item.alarm;
    const std::string command[] = {
        item.program, std::string(AlarmStateName(alarm.state)),
        std::to_string(static_cast<std::int64_t>(alarm.id)),
        Printable(alarm.subject.ToString(), kShown), SentenceOf(alarm)};
    const auto run = RunChild(command, {}, kLimit, stop);
    if (run) {
      told_(alarm);
    } else if (!stop.stop_requested()) {
      complain_(run.error().ToString());
    }
    lock.lock();
  }
}

}  // namespace postbounce
