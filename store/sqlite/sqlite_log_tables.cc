#include "store/sqlite/sqlite_log_tables.h"

#include <utility>

#include "mime/text/text.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

constexpr std::int64_t kIdsPerKind = 1 << 8;

std::int64_t BucketId(SegmentId segment, std::size_t kind, std::size_t bucket) {
  return FirstId(segment) + static_cast<std::int64_t>(kind) * kIdsPerKind +
         static_cast<std::int64_t>(bucket);
}

SegmentInfo SegmentOfRow(Run* row) {
  SegmentInfo info;
  info.id = SegmentId{row->Int(0)};
  info.log = LogId{row->Int(1)};
  info.is_import = row->Int(2) != 0;
  info.is_open = row->Int(3) != 0;
  info.first = row->Time(4);
  info.last = row->Time(5);
  info.parts = static_cast<std::uint32_t>(row->Int(6));
  info.counts = row->Int(7) != 0;
  return info;
}

LogInfo LogOfRow(Run* row) {
  const auto number = [&](int column) {
    return static_cast<std::uint64_t>(row->Int(column));
  };
  LogInfo log;
  log.id = LogId{row->Int(0)};
  log.name = row->Bytes(1);
  log.position = row->Bytes(2);
  log.counters.lines = number(3);
  log.counters.other = number(4);
  log.counters.bad = number(5);
  log.counters.gaps = number(6);
  log.counters.last_bad = row->Bytes(7);
  log.counters.last_gap = row->Bytes(8);
  log.counters.last_line = row->Time(9);
  log.counters.refused = number(10);
  return log;
}

Blob BlobOf(const std::string& bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

SqliteLogTables::SqliteLogTables(SQLite::Database* database)
    : database_(*database),
      logs_(*database,
            "SELECT id, name, position, lines, other, bad, gaps, last_bad,"
            " last_gap, last_line, refused FROM log ORDER BY id"),
      find_log_(*database, "SELECT id FROM log WHERE name = ?"),
      insert_log_(*database, "INSERT INTO log(name) VALUES (?)"),
      count_lines_(*database,
                   "UPDATE log SET lines = lines + ?2, other = other + ?3,"
                   " bad = bad + ?4, gaps = gaps + ?5,"
                   " refused = refused + ?9,"
                   " last_bad = CASE ?6 WHEN '' THEN last_bad ELSE ?6 END,"
                   " last_gap = CASE ?7 WHEN '' THEN last_gap ELSE ?7 END,"
                   " last_line = max(last_line, ?8) WHERE id = ?1"),
      write_position_(*database, "UPDATE log SET position = ?2 WHERE id = ?1"),
      segments_(*database,
                "SELECT id, log, is_import, is_open, first, last, parts,"
                " counts"
                " FROM log_segment ORDER BY is_open DESC, last DESC, id DESC"),
      open_segment_(*database,
                    "INSERT INTO log_segment(log, is_import, counts, is_open)"
                    " VALUES (?, ?, ?, 1)"),
      close_segment_(*database,
                     "UPDATE log_segment SET is_open = 0, first = ?2,"
                     " last = ?3, parts = ?4, has_lines = ?5 WHERE id = ?1"),
      insert_closed_(*database,
                     "INSERT INTO log_segment(log, is_import, counts, is_open,"
                     " first, last, parts, has_lines)"
                     " VALUES (?, ?, ?, 0, ?, ?, ?, ?)"),
      insert_row_(*database, "INSERT INTO log_row(id, bytes) VALUES (?, ?)"),
      rows_(*database,
            "SELECT bytes FROM log_row WHERE id >= ? AND id < ? ORDER BY id"),
      drop_rows_(*database, "DELETE FROM log_row WHERE id >= ? AND id < ?"),
      insert_chunk_(*database,
                    "INSERT INTO log_chunk(id, reasons, parts)"
                    " VALUES (?, ?, ?)"),
      insert_lines_(*database,
                    "INSERT INTO log_lines(id, bytes) VALUES (?, ?)"),
      insert_bucket_(*database,
                     "INSERT INTO log_bucket(id, bytes) VALUES (?, ?)"),
      insert_filter_(*database,
                     "INSERT INTO log_filter(segment, bytes) VALUES (?, ?)"),
      bucket_(*database, "SELECT bytes FROM log_bucket WHERE id = ?"),
      chunk_(*database, "SELECT parts FROM log_chunk WHERE id = ?"),
      lines_(*database, "SELECT bytes FROM log_lines WHERE id = ?"),
      filter_(*database, "SELECT bytes FROM log_filter WHERE segment = ?"),
      chunk_reasons_(*database,
                     "SELECT reasons FROM log_chunk"
                     " WHERE id >= ? AND id < ? ORDER BY id"),
      add_total_(*database,
                 "INSERT INTO log_total(dimension, time, name, sent, deferred,"
                 " bounced) VALUES (?, ?, ?, ?, ?, ?)"
                 " ON CONFLICT DO UPDATE SET sent = sent + excluded.sent,"
                 " deferred = deferred + excluded.deferred,"
                 " bounced = bounced + excluded.bounced"),
      totals_(*database,
              "SELECT time, name, sent, deferred, bounced FROM log_total"
              " WHERE dimension = ? AND time >= ? AND time < ?"),
      delays_of_hour_(*database,
                      "SELECT counts FROM log_delays WHERE hour = ?"),
      write_delays_(*database,
                    "INSERT OR REPLACE INTO log_delays(hour, counts)"
                    " VALUES (?, ?)"),
      delays_(*database,
              "SELECT counts FROM log_delays WHERE hour >= ? AND hour < ?"),
      oldest_(*database,
              "SELECT id FROM log_segment WHERE is_open = 0 AND last < ?"
              " ORDER BY last LIMIT 1"),
      oldest_with_lines_(*database,
                         "SELECT id FROM log_segment WHERE is_open = 0"
                         " AND has_lines = 1 AND last < ?"
                         " ORDER BY last LIMIT 1"),
      drop_segment_(*database, "DELETE FROM log_segment WHERE id = ?"),
      drop_chunks_(*database, "DELETE FROM log_chunk WHERE id >= ? AND id < ?"),
      drop_buckets_(*database,
                    "DELETE FROM log_bucket WHERE id >= ? AND id < ?"),
      drop_filter_(*database, "DELETE FROM log_filter WHERE segment = ?"),
      drop_lines_(*database, "DELETE FROM log_lines WHERE id >= ? AND id < ?"),
      lines_dropped_(*database,
                     "UPDATE log_segment SET has_lines = 0 WHERE id = ?"),
      drop_totals_(*database,
                   "DELETE FROM log_total WHERE (dimension, time, name) IN"
                   " (SELECT dimension, time, name FROM log_total"
                   " WHERE dimension = ?1 AND time < ?2 LIMIT ?3)") {}

Result<std::vector<LogInfo>> SqliteLogTables::Logs() {
  return Guard([&]() -> Result<std::vector<LogInfo>> {
    std::vector<LogInfo> logs;
    Run row(&logs_);
    while (row.Next()) logs.push_back(LogOfRow(&row));
    return logs;
  });
}

Result<LogId> SqliteLogTables::InternLog(const std::string& name) {
  return Guard([&]() -> Result<LogId> {
    Run row(&find_log_, name);
    if (row.Next()) return LogId{row.Int(0)};
    Run(&insert_log_, name).Execute();
    return LogId{database_.getLastInsertRowid()};
  });
}

Result<void> SqliteLogTables::Advance(
    LogId log, const LogCounters& counters,
    const std::optional<std::string>& position) {
  return Guard([&]() -> Result<void> {
    const std::string bad = ToUtf8(counters.last_bad);
    const std::string gap = ToUtf8(counters.last_gap);
    Run(&count_lines_, log, counters.lines, counters.other, counters.bad,
        counters.gaps, bad, gap, counters.last_line, counters.refused)
        .Execute();
    if (position) Run(&write_position_, log, *position).Execute();
    return {};
  });
}

Result<std::vector<SegmentInfo>> SqliteLogTables::Segments() {
  return Guard([&]() -> Result<std::vector<SegmentInfo>> {
    std::vector<SegmentInfo> segments;
    Run row(&segments_);
    while (row.Next()) segments.push_back(SegmentOfRow(&row));
    return segments;
  });
}

Result<SegmentId> SqliteLogTables::OpenSegment(LogId log, bool is_import,
                                               bool counts) {
  return Guard([&]() -> Result<SegmentId> {
    Run(&open_segment_, log, is_import, counts).Execute();
    return SegmentId{database_.getLastInsertRowid()};
  });
}

Result<void> SqliteLogTables::InsertRow(SegmentId segment, std::uint32_t number,
                                        const std::string& bytes) {
  return Guard([&]() -> Result<void> {
    Run(&insert_row_, FirstId(segment) + number, BlobOf(bytes)).Execute();
    return {};
  });
}

Result<void> SqliteLogTables::EachRow(
    SegmentId segment, std::uint32_t from,
    const std::function<Result<void>(std::string_view)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&rows_, FirstId(segment) + from, IdAfter(segment));
    while (row.Next()) {
      const auto done = each(row.Bytes(0));
      if (!done) return done;
    }
    return {};
  });
}

Result<void> SqliteLogTables::CloseSegment(const SegmentInfo& info,
                                           const LogSegment& segment,
                                           const LogTotals& totals) {
  return Guard([&]() -> Result<void> {
    Run(&drop_rows_, FirstId(info.id), IdAfter(info.id)).Execute();
    InsertSegment(info.id, segment);
    AddTotals(totals);
    Run(&close_segment_, info.id, info.first, info.last,
        std::int64_t{info.parts}, HasLines(segment))
        .Execute();
    return {};
  });
}

void SqliteLogTables::InsertSegment(SegmentId id, const LogSegment& segment) {
  std::int64_t row = FirstId(id);
  for (const LogSegment::Chunk& chunk : segment.chunks) {
    Run(&insert_chunk_, row, chunk.reasons, BlobOf(chunk.parts)).Execute();
    if (!chunk.lines.empty()) {
      Run(&insert_lines_, row, BlobOf(chunk.lines)).Execute();
    }
    ++row;
  }
  for (std::size_t kind = 0; kind < kLogKeyKinds; ++kind) {
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      const std::string& bytes = segment.buckets[kind][bucket];
      if (bytes.empty()) continue;
      Run(&insert_bucket_, BucketId(id, kind, bucket), BlobOf(bytes)).Execute();
    }
  }
  Run(&insert_filter_, id, BlobOf(segment.filter)).Execute();
}

void SqliteLogTables::AddTotals(const LogTotals& totals) {
  for (const auto& [key, counts] : totals.counts()) {
    const std::string name = ToUtf8(key.name);
    Run(&add_total_, key.dimension, key.time, name, counts.sent,
        counts.deferred, counts.bounced)
        .Execute();
  }
  for (const auto& [hour, delays] : totals.delays()) AddDelays(hour, delays);
}

void SqliteLogTables::AddDelays(std::int64_t hour, DelayHistogram delays) {
  {
    Run row(&delays_of_hour_, hour);
    if (row.Next()) {
      // Damaged ones would fail every later segment: they are given up.
      const auto known = DelayHistogram::Decode(row.Bytes(0));
      if (known) delays.Add(*known);
    }
  }
  const std::string bytes = delays.Encode();
  Run(&write_delays_, hour, BlobOf(bytes)).Execute();
}

Result<std::string> SqliteLogTables::BytesOf(SQLite::Statement* statement,
                                             std::int64_t id) {
  return Guard([&]() -> Result<std::string> {
    Run row(statement, id);
    return row.Next() ? row.Bytes(0) : std::string();
  });
}

Result<std::string> SqliteLogTables::Bucket(SegmentId segment, LogKeyKind kind,
                                            std::size_t bucket) {
  return BytesOf(&bucket_,
                 BucketId(segment, static_cast<std::size_t>(kind), bucket));
}

Result<std::string> SqliteLogTables::Chunk(SegmentId segment,
                                           std::size_t chunk) {
  return BytesOf(&chunk_, FirstId(segment) + static_cast<std::int64_t>(chunk));
}

Result<std::string> SqliteLogTables::ChunkLines(SegmentId segment,
                                                std::size_t chunk) {
  return BytesOf(&lines_, FirstId(segment) + static_cast<std::int64_t>(chunk));
}

Result<std::string> SqliteLogTables::Filter(SegmentId segment) {
  return BytesOf(&filter_, static_cast<std::int64_t>(segment));
}

Result<std::vector<std::uint64_t>> SqliteLogTables::ChunkReasons(
    SegmentId segment) {
  return Guard([&]() -> Result<std::vector<std::uint64_t>> {
    std::vector<std::uint64_t> reasons;
    Run row(&chunk_reasons_, FirstId(segment), IdAfter(segment));
    while (row.Next()) {
      reasons.push_back(static_cast<std::uint64_t>(row.Int(0)));
    }
    return reasons;
  });
}

Result<void> SqliteLogTables::EachTotal(
    LogDimension dimension, std::int64_t from, std::int64_t to,
    const std::function<void(const TotalRow&)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&totals_, dimension, from, to);
    while (row.Next()) {
      TotalRow total;
      total.time = row.Int(0);
      total.name = row.Bytes(1);
      total.counts.sent = static_cast<std::uint64_t>(row.Int(2));
      total.counts.deferred = static_cast<std::uint64_t>(row.Int(3));
      total.counts.bounced = static_cast<std::uint64_t>(row.Int(4));
      each(total);
    }
    return {};
  });
}

Result<DelayHistogram> SqliteLogTables::Delays(std::int64_t from,
                                               std::int64_t to) {
  return Guard([&]() -> Result<DelayHistogram> {
    DelayHistogram all;
    Run row(&delays_, from, to);
    while (row.Next()) {
      const auto hour = DelayHistogram::Decode(row.Bytes(0));
      if (!hour) return hour;
      all.Add(*hour);
    }
    return all;
  });
}

}  // namespace postbounce
