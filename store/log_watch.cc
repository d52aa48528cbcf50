#include "store/log_watch.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace postbounce {

Result<void> LogWatch::Load(Timestamp since) {
  if (is_loaded_) return {};
  Forget();
  auto read = tables_.EachAwaited(since, [&](MailId report, LogHash id) {
    Await(report, {&id, 1});
    due_.insert(report);
  });
  if (!read) return read;
  read = list_.EachFailing([&](const Key128& key) { AddFailing(key); });
  if (!read) return read;
  is_loaded_ = true;
  return {};
}

void LogWatch::Forget() {
  is_loaded_ = false;
  awaited_.clear();
  due_.clear();
  failing_.clear();
}

void LogWatch::Await(MailId report, std::span<const LogHash> ids) {
  for (const LogHash id : ids) {
    if (awaited_.size() < kAwaited) awaited_.emplace(id, report);
  }
}

void LogWatch::Release(MailId report, std::span<const LogHash> ids) {
  for (const LogHash id : ids) {
    const auto [first, last] = awaited_.equal_range(id);
    const auto found = std::find_if(
        first, last, [&](const auto& one) { return one.second == report; });
    if (found != last) awaited_.erase(found);
  }
}

void LogWatch::Found(LogHash id) {
  const auto [first, last] = awaited_.equal_range(id);
  for (auto one = first; one != last; ++one) due_.insert(one->second);
}

std::vector<MailId> LogWatch::TakeDue(std::size_t most) {
  const auto end = std::next(
      due_.begin(), static_cast<std::ptrdiff_t>(std::min(most, due_.size())));
  std::vector<MailId> due(due_.begin(), end);
  due_.erase(due_.begin(), end);
  return due;
}

void LogWatch::AddFailing(const Key128& address) {
  failing_.insert(HashOfKey(address));
}

}  // namespace postbounce
