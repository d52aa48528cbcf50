#include "store/log_finder.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <iterator>
#include <tuple>
#include <utility>

namespace postbounce {
namespace {

// No message stays in a queue for longer, whatever maximal_queue_lifetime is.
constexpr std::chrono::days kLifetime{30};
constexpr std::chrono::seconds kClockSlack{2};
constexpr std::size_t kChunkBytesKept = 16u << 20;

// Adds those that no part before had: what is read twice is shown once.
void AddLines(std::string_view lines,
              boost::unordered_flat_set<std::string_view>* known,
              std::string* all) {
  std::vector<std::string_view> fresh;
  while (!lines.empty()) {
    const std::size_t size = std::min(lines.find('\n'), lines.size() - 1) + 1;
    if (!known->contains(lines.substr(0, size))) {
      fresh.push_back(lines.substr(0, size));
    }
    lines.remove_prefix(size);
  }
  for (const std::string_view line : fresh) {
    known->insert(line);
    all->append(line);
  }
}

template <class T>
void MoveTo(std::vector<T>* all, std::vector<T>* some) {
  std::move(some->begin(), some->end(), std::back_inserter(*all));
  some->clear();
}

}  // namespace

Result<void> LogFinder::Refresh() {
  auto logs = tables_.Logs();
  if (!logs) return logs.error();
  auto segments = tables_.Segments();
  if (!segments) return segments.error();
  logs_ = *std::move(logs);
  segments_ = *std::move(segments);
  // Lines are forgotten before the rest; all else that is closed stays.
  std::erase_if(chunks_, [&](const Chunk& chunk) {
    if (chunk.is_lines) chunks_size_ -= chunk.size;
    return chunk.is_lines;
  });
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

Result<std::vector<std::uint32_t>> LogFinder::Find(const SegmentInfo& segment,
                                                   LogKeyKind kind,
                                                   LogHash hash) {
  if (segment.is_open) return tails_.at(segment.id).tail.Find(kind, hash);
  const auto bucket = tables_.Bucket(segment.id, kind, BucketOf(hash));
  if (!bucket) return bucket.error();
  return FindInBucket(*bucket, hash);
}

Result<const LogFinder::Chunk*> LogFinder::ChunkAt(SegmentId segment,
                                                   std::size_t number,
                                                   bool is_lines) {
  const auto known =
      std::find_if(chunks_.rbegin(), chunks_.rend(), [&](const Chunk& one) {
        return one.segment == segment && one.number == number &&
               one.is_lines == is_lines;
      });
  if (known != chunks_.rend()) {
    chunks_.splice(chunks_.end(), chunks_, std::prev(known.base()));
    return &chunks_.back();
  }
  const auto bytes = is_lines ? tables_.ChunkLines(segment, number)
                              : tables_.Chunk(segment, number);
  if (!bytes) return bytes.error();
  Chunk chunk{segment, number, is_lines, {}, 0};
  if (!is_lines || !bytes->empty()) {
    auto texts = OpenChunk(*bytes);
    if (!texts) return texts.error();
    chunk.texts = *std::move(texts);
  }
  for (const std::string& text : chunk.texts) {
    chunk.size += sizeof text + text.size();
  }
  while (!chunks_.empty() && chunks_size_ + chunk.size > kChunkBytesKept) {
    chunks_size_ -= chunks_.front().size;
    chunks_.pop_front();
  }
  chunks_size_ += chunk.size;
  chunks_.push_back(std::move(chunk));
  return &chunks_.back();
}

Result<std::string_view> LogFinder::TextAt(const Place& place, bool is_lines) {
  const auto chunk =
      ChunkAt(place.segment->id, place.part / kPartsPerChunk, is_lines);
  if (!chunk) return chunk.error();
  const std::size_t index = place.part % kPartsPerChunk;
  if (index < (*chunk)->texts.size()) {
    return std::string_view((*chunk)->texts[index]);
  }
  if (is_lines) return std::string_view();
  return Error(ErrorCode::kCorrupt, "a segment of a log is damaged");
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
    if (message && !with_lines) message->lines.clear();
    if (message) message->log = NameOf(segment.log);
    return message;
  }
  const auto bytes = TextAt(place, false);
  if (!bytes) return bytes.error();
  auto message = DecodeLogMessage(*bytes);
  if (!message) return message;
  message->log = NameOf(segment.log);
  if (!with_lines) return message;
  const auto lines = TextAt(place, true);
  if (!lines) return lines.error();
  message->lines = *lines;
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
    const bool may_have = segment.log == place.segment->log &&
                          part.first_seen <= segment.last + kClockSlack &&
                          segment.first <= part.first_seen + kLifetime;
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

// Each list is put together first and sorted once, in the last Join(): there
// may be thousands of parts.
LogMessage LogFinder::Joined(std::vector<Located> parts) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Located& a, const Located& b) {
                     return a.message.last_seen < b.message.last_seen;
                   });
  LogMessage lists;
  std::string lines;
  boost::unordered_flat_set<std::string_view> known;
  for (Located& part : parts) {
    MoveTo(&lists.attempts, &part.message.attempts);
    MoveTo(&lists.notices, &part.message.notices);
    AddLines(part.message.lines, &known, &lines);
  }
  LogMessage whole = std::move(parts.front().message);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Join(&whole, std::move(parts[i].message));
  }
  lists.last_seen = whole.last_seen;
  Join(&whole, std::move(lists));
  whole.lines = std::move(lines);
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
    const bool may_have = NameOf(segment.log) == log &&
                          time <= segment.last + kLifetime &&
                          segment.first <= time + kClockSlack;
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
