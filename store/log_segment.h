#ifndef POSTBOUNCE_STORE_LOG_SEGMENT_H_
#define POSTBOUNCE_STORE_LOG_SEGMENT_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"
#include "store/log_keys.h"
#include "store/log_message.h"
#include "store/log_tail.h"

namespace postbounce {

// Parts in a chunk: what is read and decompressed to see one of them.
inline constexpr std::size_t kPartsPerChunk = 128;
// The keys of a kind lie in so many buckets, by their first bits.
inline constexpr std::size_t kBuckets = 64;
inline constexpr std::size_t BucketOf(LogHash hash) { return hash >> 58; }

// A stretch of one log as it is kept: nothing in it changes any more. Keys are
// found within one small bucket, so that neither writing nor reading ever
// touches more of an index than it needs, however much there is.
struct LogSegment {
  struct Chunk {
    std::uint64_t reasons = 0;  // a bit for each Reason of an attempt in it
    std::string parts;          // compressed
    std::string lines;          // compressed; empty without any
  };
  std::vector<Chunk> chunks;
  // An empty one is not stored.
  std::array<std::array<std::string, kBuckets>, kLogKeyKinds> buckets;
  std::string filter;  // LogFilter of its ids, encoded
};

inline bool HasLines(const LogSegment& segment) {
  return std::any_of(
      segment.chunks.begin(), segment.chunks.end(),
      [](const LogSegment::Chunk& chunk) { return !chunk.lines.empty(); });
}

// Lines are left out where their message has ended without need for them.
LogSegment BuildSegment(const LogTail& tail);

// The parts that a key may stand for, in their order. kCorrupt.
Result<std::vector<std::uint32_t>> FindInBucket(std::string_view bucket,
                                                LogHash hash);
// All hashes of a bucket of attempts, sorted.
Result<std::vector<LogHash>> HashesOfBucket(std::string_view bucket);

// The bytes of all parts, or of the lines of all parts, of a chunk.
Result<std::vector<std::string>> OpenChunk(std::string_view compressed);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_SEGMENT_H_
