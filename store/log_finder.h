#ifndef POSTBOUNCE_STORE_LOG_FINDER_H_
#define POSTBOUNCE_STORE_LOG_FINDER_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/address_keys.h"
#include "store/log_query.h"
#include "store/log_tables.h"
#include "store/log_tail.h"

namespace postbounce {

// Answers questions about the logs. The caller sees to it that all of one call
// reads one state of the database. For one thread.
class LogFinder {
 public:
  // Both must outlive the finder.
  LogFinder(LogTables* tables, const AddressKeys* keys)
      : tables_(*tables), hasher_(keys) {}

  Result<LogPage> Messages(const LogQuery& query);
  Result<LogStats> Stats(const LogStatsQuery& query);
  Result<std::vector<LogCoverage>> Coverage();

  // The latest message of this id that may still be in the queue at `time`.
  Result<std::optional<LogMessage>> OpenMessage(const std::string& log,
                                                const std::string& instance,
                                                const std::string& queue_id,
                                                Timestamp time);

 private:
  struct Tail {
    LogTail tail;
    std::uint32_t rows = 0;
  };
  // Where a part is.
  struct Place {
    const SegmentInfo* segment = nullptr;
    std::uint32_t part = 0;
  };
  struct Located {
    LogMessage message;
    Place place;
  };
  // The parts of a chunk, or their lines.
  struct Chunk {
    SegmentId segment{};
    std::size_t number = 0;
    bool is_lines = false;
    std::vector<std::string> texts;
    std::size_t size = 0;
  };
  class Search;

  Result<void> Refresh();
  Result<void> RefreshTail(SegmentInfo* segment);
  Result<std::vector<std::uint32_t>> Find(const SegmentInfo& segment,
                                          LogKeyKind kind, LogHash hash);
  Result<LogMessage> Load(const Place& place, bool with_lines);
  // Lives until the next call; empty where nothing was kept.
  Result<std::string_view> TextAt(const Place& place, bool is_lines);
  Result<const Chunk*> ChunkAt(SegmentId segment, std::size_t number,
                               bool is_lines);
  // All parts of the message that `part` is of.
  Result<std::vector<Located>> AllParts(const LogMessage& part,
                                        const Place& place, bool with_lines);
  static LogMessage Joined(std::vector<Located> parts);
  std::string NameOf(LogId log) const;

  LogTables& tables_;
  LogHasher hasher_;
  std::vector<LogInfo> logs_;
  std::vector<SegmentInfo> segments_;  // the latest first
  std::map<SegmentId, Tail> tails_;
  std::list<Chunk> chunks_;  // read last, the oldest first
  std::size_t chunks_size_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_FINDER_H_
