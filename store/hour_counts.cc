#include "store/hour_counts.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "store/varint.h"

namespace postbounce {
namespace {

bool IsBefore(const HourCounts::Row& a, const HourCounts::Row& b) {
  return std::tie(a.hour, a.part) < std::tie(b.hour, b.part);
}

HourCounts::Row BeginOf(std::uint32_t hour) {
  HourCounts::Row row;
  row.hour = hour;
  return row;
}

}  // namespace

void HourCounts::Add(std::uint32_t hour, std::uint8_t part, bool failed) {
  Row row = BeginOf(hour);
  row.part = part;
  auto at = std::lower_bound(rows_.begin(), rows_.end(), row, IsBefore);
  if (at == rows_.end() || IsBefore(row, *at)) at = rows_.insert(at, row);
  ++(failed ? at->failed : at->delivered);
}

std::span<const HourCounts::Row> HourCounts::Between(std::uint32_t from,
                                                     std::uint32_t to) const {
  const auto begin =
      std::lower_bound(rows_.begin(), rows_.end(), BeginOf(from), IsBefore);
  const auto end = std::lower_bound(begin, rows_.end(), BeginOf(to), IsBefore);
  return {begin, end};
}

// Each row's hours since the row before, its part, and its counts.
std::string HourCounts::Encode() const {
  std::string bytes;
  std::uint32_t hour = 0;
  for (const Row& row : rows_) {
    PutNumber(&bytes, row.hour - hour);
    PutNumber(&bytes, row.part);
    PutNumber(&bytes, row.failed);
    PutNumber(&bytes, row.delivered);
    hour = row.hour;
  }
  return bytes;
}

Result<HourCounts> HourCounts::Decode(std::string_view bytes) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
  const Error damaged(ErrorCode::kCorrupt, "the counts of hours are damaged");
  VarintReader in(bytes);
  HourCounts counts;
  std::uint64_t hour = 0;
  while (!in.rest().empty()) {
    const std::uint64_t later = in.Number();
    const std::uint64_t part = in.Number();
    const std::uint64_t failed = in.Number();
    const std::uint64_t delivered = in.Number();
    if (!in.ok() || later > kMax - hour || part >= kParts || failed > kMax ||
        delivered > kMax) {
      return damaged;
    }
    hour += later;
    Row row = BeginOf(static_cast<std::uint32_t>(hour));
    row.part = static_cast<std::uint8_t>(part);
    row.failed = static_cast<std::uint32_t>(failed);
    row.delivered = static_cast<std::uint32_t>(delivered);
    if (!counts.rows_.empty() && !IsBefore(counts.rows_.back(), row)) {
      return damaged;
    }
    counts.rows_.push_back(row);
  }
  return counts;
}

}  // namespace postbounce
