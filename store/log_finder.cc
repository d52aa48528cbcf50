#include "store/log_finder.h"

#include <algorithm>
#include <utility>

namespace postbounce {
namespace {

// No message stays in a queue for longer, whatever maximal_queue_lifetime is.
constexpr std::chrono::days kLifetime{30};
constexpr std::chrono::seconds kClockSlack{2};
constexpr std::size_t kChunksKept = 32;

}  // namespace

Result<void> LogFinder::Refresh() {
  auto logs = tables_.Logs();
  if (!logs) return logs.error();
  auto segments = tables_.Segments();
  if (!segments) return segments.error();
  logs_ = *std::move(logs);
  segments_ = *std::move(segments);
  std::erase_if(tails_, [&](const auto& tail) {
    return std::none_of(segments_.begin(), segments_.end(),
                        [&](const SegmentInfo& info) {
                          return info.is_open && info.id == tail.first;
                        });
  });
  for (const SegmentInfo& info : segments_) {
    if (!info.is_open) break;
    const auto refreshed = RefreshTail(info);
    if (!refreshed) return refreshed;
  }
  return {};
}

Result<void> LogFinder::RefreshTail(const SegmentInfo& segment) {
  Tail& tail =
      tails_.try_emplace(segment.id, Tail{LogTail(&hasher_), 0}).first->second;
  return tables_.EachRow(segment.id, tail.rows,
                         [&](std::string_view row) -> Result<void> {
                           ++tail.rows;
                           return tail.tail.AddRow(row);
                         });
}

Result<std::vector<std::uint32_t>> LogFinder::Find(const SegmentInfo& segment,
                                                   LogKeyKind kind,
                                                   LogHash hash) {
  if (segment.is_open) return tails_.at(segment.id).tail.Find(kind, hash);
  const auto bucket = tables_.Bucket(segment.id, kind, BucketOf(hash));
  if (!bucket) return bucket.error();
  return FindInBucket(*bucket, hash);
}

std::uint32_t LogFinder::PartsIn(const SegmentInfo& segment) const {
  if (!segment.is_open) return segment.parts;
  return static_cast<std::uint32_t>(tails_.at(segment.id).tail.size());
}

Result<const std::vector<std::string>*> LogFinder::PartsOf(SegmentId segment,
                                                           std::size_t chunk) {
  const auto known =
      std::find_if(chunks_.begin(), chunks_.end(), [&](const Chunk& one) {
        return one.segment == segment && one.number == chunk;
      });
  if (known != chunks_.end()) return &known->parts;
  const auto bytes = tables_.Chunk(segment, chunk);
  if (!bytes) return bytes.error();
  auto parts = OpenChunk(*bytes);
  if (!parts) return parts.error();
  if (chunks_.size() >= kChunksKept) chunks_.erase(chunks_.begin());
  chunks_.push_back({segment, chunk, *std::move(parts)});
  return &chunks_.back().parts;
}

std::string LogFinder::NameOf(LogId log) const {
  for (const LogInfo& info : logs_) {
    if (info.id == log) return info.name;
  }
  return {};
}

Result<LogMessage> LogFinder::Load(const Place& place, bool with_lines) {
  const SegmentInfo& segment = *place.segment;
  if (segment.is_open) {
    auto message = tails_.at(segment.id).tail.PartAt(place.part);
    if (message) message->log = NameOf(segment.log);
    return message;
  }
  const std::size_t chunk = place.part / kPartsPerChunk;
  const std::size_t index = place.part % kPartsPerChunk;
  const auto parts = PartsOf(segment.id, chunk);
  if (!parts) return parts.error();
  if (index >= (*parts)->size()) {
    return Error(ErrorCode::kCorrupt, "a segment of a log is damaged");
  }
  auto message = DecodeLogMessage((**parts)[index]);
  if (!message) return message;
  message->log = NameOf(segment.log);
  if (!with_lines) return message;
  const auto bytes = tables_.ChunkLines(segment.id, chunk);
  if (!bytes) return bytes.error();
  if (bytes->empty()) return message;
  const auto lines = OpenChunk(*bytes);
  if (!lines) return lines.error();
  if (index >= lines->size()) return message;
  message->lines = (*lines)[index];
  return message;
}

Result<std::vector<LogFinder::Located>> LogFinder::AllParts(
    const LogMessage& part, const Place& place, bool with_lines) {
  std::vector<Located> found;
  if (part.is_whole && !with_lines) {
    found.push_back({part, place});
    return found;
  }
  const LogHash hash = HashOfId(part.queue_id);
  for (const SegmentInfo& segment : segments_) {
    const bool may_have =
        segment.log == place.segment->log &&
        (segment.is_open || (part.first_seen <= segment.last + kClockSlack &&
                             segment.first <= part.first_seen + kLifetime));
    if (!may_have) continue;
    const auto numbers = Find(segment, LogKeyKind::kQueueId, hash);
    if (!numbers) return numbers.error();
    for (const std::uint32_t number : *numbers) {
      const Place other{&segment, number};
      auto message = Load(other, with_lines);
      if (!message) return message.error();
      if (IsSameMessage(*message, part)) {
        found.push_back({*std::move(message), other});
      }
    }
  }
  return found;
}

LogMessage LogFinder::Joined(std::vector<Located> parts) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Located& a, const Located& b) {
                     return a.message.last_seen < b.message.last_seen;
                   });
  LogMessage whole = std::move(parts.front().message);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Join(&whole, std::move(parts[i].message));
  }
  return whole;
}

Result<std::optional<LogMessage>> LogFinder::OpenMessage(
    const std::string& log, const std::string& instance,
    const std::string& queue_id, Timestamp time) {
  const auto refreshed = Refresh();
  if (!refreshed) return refreshed.error();
  const LogHash hash = HashOfId(queue_id);
  std::optional<LogMessage> latest;
  for (const SegmentInfo& segment : segments_) {
    const bool may_have =
        NameOf(segment.log) == log &&
        (segment.is_open || (time <= segment.last + kLifetime &&
                             segment.first <= time + kClockSlack));
    if (!may_have) continue;
    const auto numbers = Find(segment, LogKeyKind::kQueueId, hash);
    if (!numbers) return numbers.error();
    for (const std::uint32_t number : *numbers) {
      const Place place{&segment, number};
      const auto part = Load(place, false);
      if (!part) return part.error();
      const bool fits = part->queue_id == queue_id &&
                        part->instance == instance &&
                        part->first_seen <= time + kClockSlack &&
                        time <= part->first_seen + kLifetime;
      if (!fits || (latest && part->first_seen <= latest->first_seen)) continue;
      auto parts = AllParts(*part, place, false);
      if (!parts) return parts.error();
      latest = Joined(*std::move(parts));
    }
  }
  if (latest && latest->is_removed) return std::optional<LogMessage>();
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
      if (segment.log != log.id || PartsIn(segment) == 0) continue;
      const Timestamp first =
          segment.is_open ? tails_.at(segment.id).tail.first() : segment.first;
      const Timestamp last =
          segment.is_open ? tails_.at(segment.id).tail.last() : segment.last;
      coverage.first = std::min(coverage.first.value_or(first), first);
      coverage.last = std::max(coverage.last.value_or(last), last);
    }
    all.push_back(std::move(coverage));
  }
  return all;
}

}  // namespace postbounce
