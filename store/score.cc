#include "store/score.h"

namespace postbounce {
namespace {

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
  const Timestamp oldest = failure.event->time - failure.within;
  while (failures_.front()->event->time < oldest) DropFirst();
}

void Score::DropFirst() {
  TakeOne(&days_, DayOf(*failures_.front()));
  TakeOne(&addresses_, failures_.front()->address);
  failures_.pop_front();
}

bool Score::SufficesFor(const Failure& last) const {
  return days_.size() >= last.rule.failures &&
         addresses_.size() >= last.addresses &&
         last.event->time - failures_.front()->event->time >= last.rule.over;
}

}  // namespace postbounce
