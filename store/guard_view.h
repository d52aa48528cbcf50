#ifndef POSTBOUNCE_STORE_GUARD_VIEW_H_
#define POSTBOUNCE_STORE_GUARD_VIEW_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "store/guard_counts.h"

namespace postbounce {

struct Tally {
  std::uint64_t failed = 0;
  std::uint64_t delivered = 0;

  std::uint64_t total() const { return failed + delivered; }
  Tally& operator+=(const Tally& other) {
    failed += other.failed;
    delivered += other.delivered;
    return *this;
  }
};
// One for each part of a subject.
using Parts = std::array<Tally, HourCounts::kParts>;

// The part of which most has failed; none of a domain, which has one only.
inline std::size_t WorstOf(GuardKind kind, const Parts& parts) {
  if (kind == GuardKind::kDomain) return HourCounts::kParts;
  const auto worst = std::max_element(
      parts.begin(), parts.end(),
      [](const Tally& a, const Tally& b) { return a.failed < b.failed; });
  return static_cast<std::size_t>(worst - parts.begin());
}

inline Tally Without(std::size_t part, const Parts& parts) {
  Tally sum;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != part) sum += parts[i];
  }
  return sum;
}

// What is counted of one subject, but for some hours.
struct View {
  const GuardCounts& counts;
  GuardKind kind;
  std::string_view name;
  std::vector<HourRange> left_out = {};

  template <class Visit>
  void ForEach(HourRange hours, Visit visit) const {
    counts.ForEach(kind, name, hours, [&](const HourCounts::Row& row) {
      for (const HourRange& range : left_out) {
        if (range.Has(row.hour)) return;
      }
      visit(row);
    });
  }
  Parts Sum(HourRange hours) const {
    Parts parts;
    ForEach(hours, [&parts](const HourCounts::Row& row) {
      parts[row.part] += Tally{row.failed, row.delivered};
    });
    return parts;
  }
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_GUARD_VIEW_H_
