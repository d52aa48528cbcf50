#include "store/log_segment.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <span>
#include <utility>

#include "store/compress.h"
#include "store/log_filter.h"
#include "store/varint.h"

namespace postbounce {
namespace {

// No chunk is larger: a segment is not, but for the batch that filled it.
constexpr std::size_t kChunkSize = 256u << 20;

using Part = LogTail::Part;

Error Damaged() {
  return Error(ErrorCode::kCorrupt, "a segment of a log is damaged");
}

// A hash as eight bytes, the lowest first.
void PutHash(std::string* out, LogHash hash) {
  for (int i = 0; i < 8; ++i) {
    out->push_back(static_cast<char>(hash >> (8 * i)));
  }
}

LogHash TakeHash(VarintReader* in) {
  LogHash hash = 0;
  const std::string_view bytes = in->Bytes(8);
  for (std::size_t i = bytes.size(); i-- > 0;) {
    hash = hash << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return hash;
}

using Messages = boost::unordered_flat_set<std::uint64_t>;

// Those whose lines are worth keeping, or may yet be.
Messages MessagesToShow(const std::vector<Part>& parts) {
  Messages shown;
  Messages removed;
  for (const Part& part : parts) {
    if (part.keep_lines) shown.insert(part.message);
    if (part.is_removed) removed.insert(part.message);
  }
  for (const Part& part : parts) {
    if (!removed.contains(part.message)) shown.insert(part.message);
  }
  return shown;
}

// How many texts, their sizes, then the texts.
std::string Pack(const std::vector<std::string_view>& texts) {
  std::string bytes;
  PutNumber(&bytes, texts.size());
  for (const std::string_view text : texts) PutNumber(&bytes, text.size());
  for (const std::string_view text : texts) bytes.append(text);
  return Compress(bytes);
}

LogSegment::Chunk ChunkOf(const LogTail& tail, std::span<const Part> parts,
                          const Messages& shown) {
  LogSegment::Chunk chunk;
  std::vector<std::string_view> bytes;
  std::vector<std::string_view> lines;
  bool has_lines = false;
  for (const Part& part : parts) {
    chunk.reasons |= part.reasons;
    bytes.push_back(tail.BytesOf(part));
    lines.push_back(shown.contains(part.message) ? tail.LinesOf(part)
                                                 : std::string_view());
    has_lines |= !lines.back().empty();
  }
  chunk.parts = Pack(bytes);
  if (has_lines) chunk.lines = Pack(lines);
  return chunk;
}

// Each hash once: the hash, how many parts, the distances between them. Of
// attempts the hash alone.
void FillBuckets(LogKeyKind kind, std::vector<LogEntry> entries,
                 std::array<std::string, kBuckets>* buckets) {
  std::sort(entries.begin(), entries.end(),
            [](const LogEntry& a, const LogEntry& b) {
              return std::pair(a.hash, a.part) < std::pair(b.hash, b.part);
            });
  for (std::size_t i = 0; i < entries.size();) {
    std::size_t end = i;
    while (end < entries.size() && entries[end].hash == entries[i].hash) ++end;
    std::string* const bucket = &(*buckets)[BucketOf(entries[i].hash)];
    PutHash(bucket, entries[i].hash);
    if (kind != LogKeyKind::kAttempt) {
      PutNumber(bucket, end - i);
      std::uint32_t before = 0;
      for (std::size_t one = i; one < end; ++one) {
        PutNumber(bucket, entries[one].part - before);
        before = entries[one].part;
      }
    }
    i = end;
  }
}

std::string FilterOf(const LogTail& tail) {
  std::vector<LogHash> ids;
  for (std::size_t kind = 0; kind < kLogKeyKinds; ++kind) {
    const auto key_kind = static_cast<LogKeyKind>(kind);
    if (!IsFiltered(key_kind)) continue;
    for (const LogEntry& entry : tail.keys(key_kind)) ids.push_back(entry.hash);
  }
  return LogFilter(std::move(ids)).Encode();
}

}  // namespace

LogSegment BuildSegment(const LogTail& tail) {
  LogSegment segment;
  const std::span<const Part> parts = tail.parts();
  const auto shown = MessagesToShow(tail.parts());
  for (std::size_t i = 0; i < parts.size(); i += kPartsPerChunk) {
    const std::size_t size = std::min(kPartsPerChunk, parts.size() - i);
    segment.chunks.push_back(ChunkOf(tail, parts.subspan(i, size), shown));
  }
  for (std::size_t kind = 0; kind < kLogKeyKinds; ++kind) {
    const auto key_kind = static_cast<LogKeyKind>(kind);
    FillBuckets(key_kind, tail.keys(key_kind), &segment.buckets[kind]);
  }
  segment.filter = FilterOf(tail);
  return segment;
}

Result<std::vector<std::uint32_t>> FindInBucket(std::string_view bucket,
                                                LogHash hash) {
  VarintReader in(bucket);
  std::vector<std::uint32_t> found;
  while (in.ok() && !in.rest().empty()) {
    const LogHash here = TakeHash(&in);
    if (here > hash) return found;
    std::uint32_t part = 0;
    for (std::uint64_t left = in.Number(); left > 0 && in.ok(); --left) {
      part += static_cast<std::uint32_t>(in.Number());
      if (here == hash) found.push_back(part);
    }
    if (here == hash) break;
  }
  if (!in.ok()) return Damaged();
  return found;
}

Result<std::vector<LogHash>> HashesOfBucket(std::string_view bucket) {
  VarintReader in(bucket);
  std::vector<LogHash> hashes;
  hashes.reserve(bucket.size() / 8);
  while (in.ok() && !in.rest().empty()) hashes.push_back(TakeHash(&in));
  if (!in.ok()) return Damaged();
  return hashes;
}

Result<std::vector<std::string>> OpenChunk(std::string_view compressed) {
  const auto bytes = Decompress(compressed, kChunkSize);
  if (!bytes) return bytes.error();
  VarintReader in(*bytes);
  const std::uint64_t count = in.Number();
  if (count > kPartsPerChunk) return Damaged();
  std::vector<std::uint64_t> sizes;
  for (std::uint64_t i = 0; i < count; ++i) sizes.push_back(in.Number());
  std::vector<std::string> texts;
  for (const std::uint64_t size : sizes) texts.emplace_back(in.Bytes(size));
  if (!in.ok() || !in.rest().empty()) return Damaged();
  return texts;
}

}  // namespace postbounce
