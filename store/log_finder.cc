#include "store/log_finder.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace postbounce {
Result<void> LogFinder::Refresh() {
  auto logs = tables_.Logs();
  if (!logs) return logs.error();
  auto segments = tables_.Segments();
  if (!segments) return segments.error();
  logs_ = *std::move(logs);
  segments_ = *std::move(segments);
  parts_.ForgetLines();
  std::erase_if(tails_, [&](const auto& tail) {
    return std::none_of(segments_.begin(), segments_.end(),
                        [&](const SegmentInfo& info) {
                          return info.is_open && info.id == tail.first;
                        });
  });
  for (SegmentInfo& info : segments_) {
    if (!info.is_open) break;
    const auto refreshed = RefreshTail(&info);
    if (!refreshed) return refreshed;
  }
  std::sort(segments_.begin(), segments_.end(),
            [](const SegmentInfo& a, const SegmentInfo& b) {
              return std::tie(a.last, a.id) > std::tie(b.last, b.id);
            });
  return {};
}

Result<void> LogFinder::RefreshTail(SegmentInfo* segment) {
  Tail& tail =
      tails_.try_emplace(segment->id, Tail{LogTail(&hasher_), 0}).first->second;
  const auto read = tables_.EachRow(segment->id, tail.rows,
                                    [&](std::string_view row) -> Result<void> {
                                      ++tail.rows;
                                      return tail.tail.AddRow(row);
                                    });
  segment->first = tail.tail.first();
  segment->last = tail.tail.last();
  segment->parts = static_cast<std::uint32_t>(tail.tail.size());
  return read;
}

Result<LogMessage> LogFinder::Load(const Place& place, bool with_lines) {
  auto message = parts_.Load(place, with_lines);
  if (message) message->log = NameOf(place.segment->log);
  return message;
}

std::string LogFinder::NameOf(LogId log) const {
  for (const LogInfo& info : logs_) {
    if (info.id == log) return info.name;
  }
  return {};
}

Result<std::optional<LogMessage>> LogFinder::OpenMessage(
    const std::string& log, const std::string& instance,
    const std::string& queue_id, Timestamp time) {
  const auto refreshed = Refresh();
  if (!refreshed) return refreshed.error();
  const LogHash hash = HashOfId(queue_id);
  std::optional<LogMessage> latest;
  for (const SegmentInfo& segment : segments_) {
    const bool may_have = NameOf(segment.log) == log &&
                          time <= segment.last + kLogLifetime &&
                          segment.first <= time + kLogClockSlack;
    if (!may_have) continue;
    const auto numbers = parts_.Find(segment, LogKeyKind::kQueueId, hash);
    if (!numbers) return numbers.error();
    for (const std::uint32_t number : *numbers) {
      const Place place{&segment, number};
      const auto part = Load(place, false);
      if (!part) return part.error();
      const bool fits = part->queue_id == queue_id &&
                        part->instance == instance &&
                        part->first_seen <= time + kLogClockSlack &&
                        time <= part->first_seen + kLogLifetime;
      if (!fits || (latest && part->first_seen <= latest->first_seen)) continue;
      auto parts = parts_.AllParts(segments_, *part, place, false);
      if (!parts) return parts.error();
      latest = LogParts::Joined(*std::move(parts));
    }
  }
  // What is read again was open when it was read first.
  if (latest && latest->is_removed && latest->last_seen < time) {
    return std::optional<LogMessage>();
  }
  return latest;
}

Result<std::vector<LogCoverage>> LogFinder::Coverage() {
  const auto refreshed = Refresh();
  if (!refreshed) return refreshed.error();
  std::vector<LogCoverage> all;
  for (const LogInfo& log : logs_) {
    LogCoverage coverage;
    coverage.log = log.name;
    coverage.counters = log.counters;
    for (const SegmentInfo& segment : segments_) {
      if (segment.log != log.id || segment.parts == 0) continue;
      coverage.first =
          std::min(coverage.first.value_or(segment.first), segment.first);
      coverage.last =
          std::max(coverage.last.value_or(segment.last), segment.last);
    }
    all.push_back(std::move(coverage));
  }
  return all;
}

}  // namespace postbounce
