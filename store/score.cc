#include "store/score.h"

namespace postbounce {
namespace {

// A day in UTC may end in the middle of a working day.
constexpr std::chrono::hours kBetweenDays{12};

std::chrono::sys_days DayOf(const Failure& failure) {
  return std::chrono::floor<std::chrono::days>(failure.event->time);
}

template <class Key>
void TakeOne(std::map<Key, std::size_t>* counts, const Key& key) {
  const auto count = counts->find(key);
  if (--count->second == 0) counts->erase(count);
}

}  // namespace

void Score::Add(const Failure& failure) {
  failures_.push_back(&failure);
  ++days_[DayOf(failure)];
  ++addresses_[failure.address];
  DropBefore(failure.event->time - failure.within);
}

void Score::DropBefore(Timestamp oldest) {
  while (!failures_.empty() && failures_.front()->event->time < oldest) {
    TakeOne(&days_, DayOf(*failures_.front()));
    TakeOne(&addresses_, failures_.front()->address);
    failures_.pop_front();
  }
}

bool Score::SufficesFor(const Failure& last) const {
  const auto span = last.event->time - failures_.front()->event->time;
  return days_.size() >= last.rule.failures &&
         addresses_.size() >= last.addresses && span >= last.rule.over &&
         span >= kBetweenDays * (last.rule.failures - 1);
}

std::optional<FailureTally> Score::TallyAt(Timestamp now) {
  DropBefore(now - failures_.back()->within);
  if (failures_.empty()) return std::nullopt;
  const Failure& last = *failures_.back();
  FailureTally tally;
  tally.reason = last.event->reason;
  tally.days = days_.size();
  tally.days_needed = last.rule.failures;
  tally.span = std::chrono::floor<std::chrono::seconds>(
      last.event->time - failures_.front()->event->time);
  tally.span_needed = last.rule.over;
  return tally;
}

}  // namespace postbounce
