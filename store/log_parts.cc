#include "store/log_parts.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <iterator>
#include <utility>

#include "store/log_filter.h"

namespace postbounce {
namespace {

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

void LogParts::ForgetLines() {
  std::erase_if(chunks_, [&](const Chunk& chunk) {
    if (!chunk.key.is_lines) return false;
    chunks_size_ -= chunk.size;
    known_chunks_.erase(chunk.key);
    return true;
  });
}

void LogParts::Forget() {
  chunks_.clear();
  known_chunks_.clear();
  chunks_size_ = 0;
}

Result<bool> LogParts::MayHave(const SegmentInfo& segment, LogKeyKind kind,
                               LogHash hash) const {
  if (segment.is_open || !IsFiltered(kind) || !may_have_id_) return true;
  return may_have_id_(segment.id, hash);
}

Result<std::vector<std::uint32_t>> LogParts::Find(const SegmentInfo& segment,
                                                  LogKeyKind kind,
                                                  LogHash hash) {
  if (segment.is_open) return tail_of_(segment.id).Find(kind, hash);
  const auto may_have = MayHave(segment, kind, hash);
  if (!may_have) return may_have.error();
  if (!*may_have) return std::vector<std::uint32_t>();
  const auto bucket = tables_.Bucket(segment.id, kind, BucketOf(hash));
  if (!bucket) return bucket.error();
  return FindInBucket(*bucket, hash);
}

Result<const LogParts::Chunk*> LogParts::ChunkAt(const ChunkKey& key) {
  const auto known = known_chunks_.find(key);
  if (known != known_chunks_.end()) {
    chunks_.splice(chunks_.end(), chunks_, known->second);
    return &chunks_.back();
  }
  const auto bytes = key.is_lines ? tables_.ChunkLines(key.segment, key.number)
                                  : tables_.Chunk(key.segment, key.number);
  if (!bytes) return bytes.error();
  Chunk chunk{key, {}, 0};
  if (!key.is_lines || !bytes->empty()) {
    auto texts = OpenChunk(*bytes);
    if (!texts) return texts.error();
    chunk.texts = *std::move(texts);
  }
  for (const std::string& text : chunk.texts) {
    chunk.size += sizeof text + text.size();
  }
  while (!chunks_.empty() && chunks_size_ + chunk.size > kChunkBytesKept) {
    chunks_size_ -= chunks_.front().size;
    known_chunks_.erase(chunks_.front().key);
    chunks_.pop_front();
  }
  chunks_size_ += chunk.size;
  chunks_.push_back(std::move(chunk));
  known_chunks_[key] = std::prev(chunks_.end());
  return &chunks_.back();
}

Result<std::string_view> LogParts::TextAt(const Place& place, bool is_lines) {
  const auto chunk =
      ChunkAt({place.segment->id, place.part / kPartsPerChunk, is_lines});
  if (!chunk) return chunk.error();
  const std::size_t index = place.part % kPartsPerChunk;
  if (index < (*chunk)->texts.size()) {
    return std::string_view((*chunk)->texts[index]);
  }
  if (is_lines) return std::string_view();
  return Error(ErrorCode::kCorrupt, "a segment of a log is damaged");
}

Result<LogMessage> LogParts::Load(const Place& place, bool with_lines) {
  const SegmentInfo& segment = *place.segment;
  if (segment.is_open) {
    auto message = tail_of_(segment.id).PartAt(place.part);
    if (message && !with_lines) message->lines.clear();
    return message;
  }
  const auto bytes = TextAt(place, false);
  if (!bytes) return bytes.error();
  auto message = DecodeLogMessage(*bytes);
  if (!message || !with_lines) return message;
  const auto lines = TextAt(place, true);
  if (!lines) return lines.error();
  message->lines = *lines;
  return message;
}

Result<std::vector<LogParts::Located>> LogParts::AllParts(
    std::span<const SegmentInfo> segments, const LogMessage& part,
    const Place& place, bool with_lines) {
  std::vector<Located> found;
  if (part.is_whole && !with_lines) {
    found.push_back({part, place});
    return found;
  }
  const LogHash hash = HashOfId(part.queue_id);
  for (const SegmentInfo& segment : segments) {
    const bool may_have = segment.log == place.segment->log &&
                          part.first_seen <= segment.last + kLogClockSlack &&
                          segment.first <= part.first_seen + kLogLifetime;
    if (!may_have) continue;
    const auto numbers = Find(segment, LogKeyKind::kQueueId, hash);
    if (!numbers) return numbers.error();
    for (const std::uint32_t number : *numbers) {
      const Place other{&segment, number};
      auto message = Load(other, with_lines);
      if (!message) return message.error();
      message->log = part.log;
      if (IsSameMessage(*message, part)) {
        found.push_back({*std::move(message), other});
      }
    }
  }
  return found;
}

// Each list is put together first and sorted once, in the last Join(): there
// may be thousands of parts.
LogMessage LogParts::Joined(std::vector<Located> parts) {
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

}  // namespace postbounce
