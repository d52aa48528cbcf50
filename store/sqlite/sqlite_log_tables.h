#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_LOG_TABLES_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_LOG_TABLES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <string>
#include <vector>

#include "store/log_tables.h"

namespace postbounce {

// The rows of a segment lie between two ids, in whichever table.
inline constexpr std::int64_t kIdsPerSegment = std::int64_t{1} << 24;
inline std::int64_t FirstId(SegmentId segment) {
  return static_cast<std::int64_t>(segment) * kIdsPerSegment;
}
inline std::int64_t IdAfter(SegmentId segment) {
  return FirstId(segment) + kIdsPerSegment;
}

// LogTables of one SQLite database. `database` must outlive it; one that was
// opened to read only fails what writes.
class SqliteLogTables : public LogTables {
 public:
  explicit SqliteLogTables(SQLite::Database* database);

  Result<std::vector<LogInfo>> Logs() override;
  Result<LogId> InternLog(const std::string& name) override;
  Result<void> Advance(LogId log, const LogCounters& counters,
                       const std::optional<std::string>& position) override;
  Result<std::vector<SegmentInfo>> Segments() override;
  Result<SegmentId> OpenSegment(LogId log, bool is_import,
                                bool counts) override;
  Result<void> InsertRow(SegmentId segment, std::uint32_t number,
                         const std::string& bytes) override;
  Result<void> EachRow(
      SegmentId segment, std::uint32_t from,
      const std::function<Result<void>(std::string_view)>& each) override;
  Result<void> CloseSegment(const SegmentInfo& info, const LogSegment& segment,
                            const LogTotals& totals) override;
  Result<SegmentId> ReplaceSegment(const SegmentInfo& info,
                                   const LogSegment& segment) override;
  Result<std::string> Bucket(SegmentId segment, LogKeyKind kind,
                             std::size_t bucket) override;
  Result<std::string> Chunk(SegmentId segment, std::size_t chunk) override;
  Result<std::string> ChunkLines(SegmentId segment, std::size_t chunk) override;
  Result<std::string> Filter(SegmentId segment) override;
  Result<std::vector<std::uint64_t>> ChunkReasons(SegmentId segment) override;
  Result<void> EachTotal(
      LogDimension dimension, std::int64_t from, std::int64_t to,
      const std::function<void(const TotalRow&)>& each) override;
  Result<DelayHistogram> Delays(std::int64_t from, std::int64_t to) override;
  Result<std::optional<SegmentId>> PruneSegment(Timestamp before) override;
  Result<std::size_t> PruneLines(Timestamp before) override;
  Result<std::size_t> PruneTotals(Timestamp before) override;

 private:
  Result<std::string> BytesOf(SQLite::Statement* statement, std::int64_t id);
  void DropSegment(SegmentId id);
  void InsertSegment(SegmentId id, const LogSegment& segment);
  void AddTotals(const LogTotals& totals);
  void AddDelays(std::int64_t hour, DelayHistogram delays);

  SQLite::Database& database_;
  SQLite::Statement logs_;
  SQLite::Statement find_log_;
  SQLite::Statement insert_log_;
  SQLite::Statement count_lines_;
  SQLite::Statement write_position_;
  SQLite::Statement segments_;
  SQLite::Statement open_segment_;
  SQLite::Statement close_segment_;
  SQLite::Statement insert_closed_;
  SQLite::Statement insert_row_;
  SQLite::Statement rows_;
  SQLite::Statement drop_rows_;
  SQLite::Statement insert_chunk_;
  SQLite::Statement insert_lines_;
  SQLite::Statement insert_bucket_;
  SQLite::Statement insert_filter_;
  SQLite::Statement bucket_;
  SQLite::Statement chunk_;
  SQLite::Statement lines_;
  SQLite::Statement filter_;
  SQLite::Statement chunk_reasons_;
  SQLite::Statement add_total_;
  SQLite::Statement totals_;
  SQLite::Statement delays_of_hour_;
  SQLite::Statement write_delays_;
  SQLite::Statement delays_;
  SQLite::Statement oldest_;
  SQLite::Statement oldest_with_lines_;
  SQLite::Statement drop_segment_;
  SQLite::Statement drop_chunks_;
  SQLite::Statement drop_buckets_;
  SQLite::Statement drop_filter_;
  SQLite::Statement drop_lines_;
  SQLite::Statement lines_dropped_;
  SQLite::Statement drop_totals_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_LOG_TABLES_H_
