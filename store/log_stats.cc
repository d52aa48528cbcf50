// LogFinder::Stats(): closed segments have their totals in tables, open ones
// in memory.
#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <utility>

#include "store/log_finder.h"

namespace postbounce {
namespace {

using Rows = boost::unordered_flat_map<std::string, TotalRow>;

template <class Unit>
std::int64_t Floor(Timestamp time) {
  return Timestamp(std::chrono::floor<Unit>(time)).time_since_epoch().count();
}

// Rows of one hour, or of one name, are added up.
void AddRow(LogDimension dimension, const TotalRow& row, Rows* rows) {
  const std::string key =
      dimension == LogDimension::kAll ? std::to_string(row.time) : row.name;
  TotalRow& sum = (*rows)[key];
  sum.name = row.name;
  sum.time = row.time;
  sum.counts += row.counts;
}

std::uint64_t AttemptsOf(const LogCounts& counts) {
  return counts.sent + counts.deferred + counts.bounced;
}

bool ComesFirst(LogDimension dimension, const TotalRow& a, const TotalRow& b) {
  if (dimension == LogDimension::kAll) return a.time < b.time;
  const std::uint64_t of_a = AttemptsOf(a.counts);
  const std::uint64_t of_b = AttemptsOf(b.counts);
  return of_a != of_b ? of_a > of_b : a.name < b.name;
}

}  // namespace

Result<LogStats> LogFinder::Stats(const LogStatsQuery& query) {
  const auto refreshed = Refresh();
  if (!refreshed) return refreshed.error();
  const bool is_all = query.dimension == LogDimension::kAll;
  const std::int64_t from = is_all ? Floor<std::chrono::hours>(query.from)
                                   : Floor<std::chrono::days>(query.from);
  const std::int64_t to = query.to.time_since_epoch().count();
  Rows rows;
  const auto add = [&](const TotalRow& row) {
    AddRow(query.dimension, row, &rows);
  };
  const auto read = tables_.EachTotal(query.dimension, from, to, add);
  if (!read) return read.error();
  LogStats stats;
  if (is_all) {
    auto delays = tables_.Delays(from, to);
    if (!delays) return delays.error();
    stats.delays = *std::move(delays);
  }
  for (const auto& [id, tail] : tails_) {
    for (const auto& [key, counts] : tail.tail.totals().counts()) {
      if (key.dimension == query.dimension && from <= key.time &&
          key.time < to) {
        add({key.time, key.name, counts});
      }
    }
    for (const auto& [hour, delays] : tail.tail.totals().delays()) {
      if (is_all && from <= hour && hour < to) stats.delays.Add(delays);
    }
  }
  for (auto& [name, row] : rows) {
    stats.sum += row.counts;
    stats.rows.push_back(std::move(row));
  }
  std::sort(stats.rows.begin(), stats.rows.end(),
            [&](const TotalRow& a, const TotalRow& b) {
              return ComesFirst(query.dimension, a, b);
            });
  return stats;
}

}  // namespace postbounce
