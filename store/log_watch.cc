#include "store/log_watch.h"

#include <algorithm>

namespace postbounce {

Result<void> LogWatch::Load(Timestamp since) {
  if (is_loaded_) return {};
  awaited_.clear();
  failing_.clear();
  auto read = tables_.EachAwaited(since, [&](MailId report, LogHash id) {
    if (awaited_.size() < most_) awaited_.emplace(id, report);
  });
  if (!read) return read;
  read = list_.EachFailing([&](const Key128& key) { AddFailing(key); });
  if (!read) return read;
  is_loaded_ = true;
  return {};
}

void LogWatch::Commit() {
  for (const Awaited& one : released_) awaited_.erase(one);
  released_.clear();
}

void LogWatch::Await(MailId report, std::span<const LogHash> ids) {
  if (awaited_.size() + ids.size() > most_) DropOldest();
  for (const LogHash id : ids) awaited_.emplace(id, report);
}

// Half of them, so that it need not be done often.
void LogWatch::DropOldest() {
  std::vector<MailId> reports;
  for (const Awaited& one : awaited_) reports.push_back(one.second);
  const auto middle =
      reports.begin() + static_cast<std::ptrdiff_t>(reports.size() / 2);
  std::nth_element(reports.begin(), middle, reports.end());
  std::erase_if(awaited_,
                [&](const Awaited& one) { return one.second < *middle; });
}

void LogWatch::Release(MailId report, std::span<const LogHash> ids) {
  for (const LogHash id : ids) released_.emplace_back(id, report);
}

Result<void> LogWatch::Found(LogHash id) {
  for (auto one = awaited_.lower_bound({id, MailId{}});
       one != awaited_.end() && one->first == id; ++one) {
    const auto set = tables_.SetDue(one->second);
    if (!set) return set;
  }
  return {};
}

void LogWatch::AddFailing(const Key128& address) {
  failing_.insert(HashOfKey(address));
}

}  // namespace postbounce
