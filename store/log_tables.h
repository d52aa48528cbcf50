#ifndef POSTBOUNCE_STORE_LOG_TABLES_H_
#define POSTBOUNCE_STORE_LOG_TABLES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"
#include "store/log_batch.h"
#include "store/log_keys.h"
#include "store/log_segment.h"
#include "store/log_totals.h"

namespace postbounce {

enum class LogId : std::int64_t {};
enum class SegmentId : std::int64_t {};

// A stretch of one log: the open one of a log has rows, a closed one chunks
// and buckets.
struct SegmentInfo {
  SegmentId id{};
  LogId log{};
  bool is_import = false;
  bool counts = true;  // as LogBatch has it: a preview is an import that is not
  bool is_open = false;
  Timestamp first{};  // of what is in it; of a closed one
  Timestamp last{};
  std::uint32_t parts = 0;  // of a closed one
};

struct LogInfo {
  LogId id{};
  std::string name;
  std::string position;
  LogCounters counters;
};

// What a database must be able to do with logs, as Tables is for the rest.
// The writing half works within the transaction that Tables has begun.
class LogTables {
 public:
  virtual ~LogTables() = default;

  // All logs that ever were, in the order of first being seen.
  virtual Result<std::vector<LogInfo>> Logs() = 0;
  // The log of this name, made if there is none.
  virtual Result<LogId> InternLog(const std::string& name) = 0;
  // Adds the counters; keeps the position if there is one.
  virtual Result<void> Advance(LogId log, const LogCounters& counters,
                               const std::optional<std::string>& position) = 0;

  // Open ones first, then the latest, by SegmentInfo::last.
  virtual Result<std::vector<SegmentInfo>> Segments() = 0;
  virtual Result<SegmentId> OpenSegment(LogId log, bool is_import,
                                        bool counts) = 0;
  // Rows of an open segment, in order; `number` counts from 0.
  virtual Result<void> InsertRow(SegmentId segment, std::uint32_t number,
                                 const std::string& bytes) = 0;
  virtual Result<void> EachRow(
      SegmentId segment, std::uint32_t from,
      const std::function<Result<void>(std::string_view)>& each) = 0;
  // Puts chunks, buckets and the filter in place of the rows, and adds up the
  // totals.
  virtual Result<void> CloseSegment(const SegmentInfo& info,
                                    const LogSegment& segment,
                                    const LogTotals& totals) = 0;

  // Puts a closed segment of the same parts in its place. Totals stay.
  virtual Result<SegmentId> ReplaceSegment(const SegmentInfo& info,
                                           const LogSegment& segment) = 0;

  // Empty when there is no such bucket, or chunk.
  virtual Result<std::string> Bucket(SegmentId segment, LogKeyKind kind,
                                     std::size_t bucket) = 0;
  virtual Result<std::string> Chunk(SegmentId segment, std::size_t chunk) = 0;
  virtual Result<std::string> ChunkLines(SegmentId segment,
                                         std::size_t chunk) = 0;
  // Empty when the segment is open, or of a version that made no filters.
  virtual Result<std::string> Filter(SegmentId segment) = 0;
  // LogSegment::Chunk::reasons of each chunk, in order.
  virtual Result<std::vector<std::uint64_t>> ChunkReasons(
      SegmentId segment) = 0;

  // Rows of closed segments with from <= time < to.
  virtual Result<void> EachTotal(
      LogDimension dimension, std::int64_t from, std::int64_t to,
      const std::function<void(const TotalRow&)>& each) = 0;
  virtual Result<DelayHistogram> Delays(std::int64_t from, std::int64_t to) = 0;

  // Forgets one closed segment that ended before, if there is one, so that
  // intake never waits; or the lines of one (1), or totals of earlier days, but
  // not those of hours, some at a time. How many.
  virtual Result<std::optional<SegmentId>> PruneSegment(Timestamp before) = 0;
  virtual Result<std::size_t> PruneLines(Timestamp before) = 0;
  virtual Result<std::size_t> PruneTotals(Timestamp before) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_TABLES_H_
