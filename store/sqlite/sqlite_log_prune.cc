// How SqliteLogTables forgets.
#include "store/sqlite/sqlite_log_tables.h"
#include "store/sqlite/statement.h"

namespace postbounce {
namespace {

constexpr std::int64_t kTotalsAtOnce = 1000;  // of each kind

}  // namespace

Result<std::optional<SegmentId>> SqliteLogTables::PruneSegment(
    Timestamp before) {
  return Guard([&]() -> Result<std::optional<SegmentId>> {
    std::optional<SegmentId> id;
    {
      Run row(&oldest_, before);
      if (row.Next()) id = SegmentId{row.Int(0)};
    }
    if (id) DropSegment(*id);
    return id;
  });
}

void SqliteLogTables::DropSegment(SegmentId id) {
  for (SQLite::Statement* drop :
       {&drop_chunks_, &drop_buckets_, &drop_lines_}) {
    Run(drop, FirstId(id), IdAfter(id)).Execute();
  }
  Run(&drop_filter_, id).Execute();
  Run(&drop_segment_, id).Execute();
}

Result<SegmentId> SqliteLogTables::ReplaceSegment(const SegmentInfo& info,
                                                  const LogSegment& segment) {
  return Guard([&]() -> Result<SegmentId> {
    Run(&insert_closed_, info.log, info.is_import, info.counts, info.first,
        info.last, std::int64_t{info.parts}, HasLines(segment))
        .Execute();
    const SegmentId id{database_.getLastInsertRowid()};
    InsertSegment(id, segment);
    DropSegment(info.id);
    return id;
  });
}

Result<std::size_t> SqliteLogTables::PruneLines(Timestamp before) {
  return Guard([&]() -> Result<std::size_t> {
    std::optional<SegmentId> id;
    {
      Run row(&oldest_with_lines_, before);
      if (row.Next()) id = SegmentId{row.Int(0)};
    }
    if (!id) return std::size_t{0};
    Run(&drop_lines_, FirstId(*id), IdAfter(*id)).Execute();
    Run(&lines_dropped_, *id).Execute();
    return std::size_t{1};
  });
}

Result<std::size_t> SqliteLogTables::PruneTotals(Timestamp before) {
  return Guard([&]() -> Result<std::size_t> {
    std::size_t dropped = 0;
    for (std::int64_t dimension = 1;
         dimension < static_cast<std::int64_t>(kLogDimensions); ++dimension) {
      dropped += static_cast<std::size_t>(
          Run(&drop_totals_, dimension, before, kTotalsAtOnce).Execute());
    }
    return dropped;
  });
}

}  // namespace postbounce
