#include "store/guard.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace postbounce {
namespace {

// A subject without a history is taken for one that had this much of it.
constexpr double kPriorFailed = 1;
constexpr double kPriorDelivered = 49;
// Where less of all outcomes are failures there is no alarm: big mailings to
// old lists have as many.
constexpr double kShareAtLeast = 0.05;

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
using Parts = std::array<Tally, HourCounts::kParts>;
constexpr std::size_t kNoPart = HourCounts::kParts;

std::size_t WorstOf(GuardKind kind, const Parts& parts) {
  if (kind == GuardKind::kDomain) return kNoPart;
  const auto worst = std::max_element(
      parts.begin(), parts.end(),
      [](const Tally& a, const Tally& b) { return a.failed < b.failed; });
  return static_cast<std::size_t>(worst - parts.begin());
}

Tally Without(std::size_t part, const Parts& parts) {
  Tally sum;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != part) sum += parts[i];
  }
  return sum;
}

std::uint32_t Back(std::uint32_t hour, std::uint32_t hours) {
  return hour - std::min(hour, hours);
}

// What is counted of one subject.
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

// One that nobody has resolved by then becomes usual: else each mailing of the
// same kind would raise it again.
bool IsUnusual(const Alarm& alarm, Timestamp at, const GuardPolicy& policy) {
  return alarm.state == AlarmState::kReleased ||
         (alarm.state == AlarmState::kOpen && at < alarm.raised + policy.hold);
}

// The hours that such alarms cover, also those that they cover in part.
template <class IsMeant>
std::vector<HourRange> HoursOf(std::span<const Alarm> alarms,
                               IsMeant is_meant) {
  std::vector<HourRange> hours;
  for (const Alarm& alarm : alarms) {
    if (!is_meant(alarm)) continue;
    hours.push_back({HourOf(alarm.since),
                     HourOf(alarm.until - Timestamp::duration(1)) + 1});
  }
  return hours;
}

HourRange UsualBefore(std::uint32_t hour) {
  return {Back(hour, kUsualHours), hour};
}

bool SeesDeliveries(const GuardCounts& counts, HourRange hours) {
  std::uint64_t delivered = 0;
  counts.ForEach(
      GuardKind::kSite, {}, hours,
      [&delivered](const HourCounts::Row& row) { delivered += row.delivered; });
  return delivered > 0;
}

// The share of failures above which there are too many. Odds are multiplied,
// not shares: nothing fails more often than always.
double LimitOf(const Tally& usual, const GuardPolicy& policy) {
  const double odds = policy.factor *
                      (static_cast<double>(usual.failed) + kPriorFailed) /
                      (static_cast<double>(usual.delivered) + kPriorDelivered);
  return std::max(kShareAtLeast, odds / (1 + odds));
}

// It is asked at each failure of a big mailing, so three standard deviations
// are left to chance.
bool IsFarAbove(const Tally& seen, double limit) {
  const double mean = static_cast<double>(seen.total()) * limit;
  return static_cast<double>(seen.failed) >=
         mean + 3 * std::sqrt(mean * (1 - limit));
}

// The most failures in so many hours on end.
std::uint64_t WorstHours(const View& view, HourRange hours,
                         std::uint32_t length) {
  std::vector<HourCounts::Row> rows;
  view.ForEach(hours,
               [&rows](const HourCounts::Row& row) { rows.push_back(row); });
  std::uint64_t worst = 0;
  std::uint64_t failed = 0;
  std::size_t first = 0;
  for (const HourCounts::Row& row : rows) {
    failed += row.failed;
    while (rows[first].hour + length <= row.hour)
      failed -= rows[first++].failed;
    worst = std::max(worst, failed);
  }
  return worst;
}

bool IsRising(const View& view, std::uint32_t hour, const GuardPolicy& policy) {
  const auto length = static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::hours>(policy.lookback).count());
  const HourRange window{Back(hour + 1, length), hour + 1};
  const Parts parts = view.Sum(window);
  const std::size_t worst = WorstOf(view.kind, parts);
  const Tally seen = Without(worst, parts);
  // Most failures end here, before the sums over weeks.
  if (seen.failed < policy.failures || !IsFarAbove(seen, kShareAtLeast)) {
    return false;
  }
  const HourRange usual = UsualBefore(window.from);
  if (!SeesDeliveries(view.counts, {usual.from, window.to})) {
    const std::uint64_t before = WorstHours(view, usual, length);
    return seen.failed >=
           policy.factor * std::max<std::uint64_t>(before, policy.failures);
  }
  return IsFarAbove(seen, LimitOf(Without(worst, view.Sum(usual)), policy));
}

}  // namespace

std::optional<GuardSubject> Rising(const GuardCounts& counts,
                                   const GuardedOutcome& failure,
                                   std::span<const Alarm> alarms,
                                   const GuardPolicy& policy) {
  if (!policy.is_on) return std::nullopt;
  for (const Alarm& alarm : alarms) {
    if (Covers(alarm, failure)) return std::nullopt;
  }
  const std::vector<HourRange> unusual =
      HoursOf(alarms, [&failure, &policy](const Alarm& alarm) {
        return IsUnusual(alarm, failure.time, policy) &&
               Concerns(alarm.subject, failure);
      });
  for (const GuardedSubject& subject : SubjectsOf(failure)) {
    const View view{counts, subject.kind, subject.name, unusual};
    if (IsRising(view, HourOf(failure.time), policy)) {
      return GuardSubject{subject.kind, std::string(subject.name)};
    }
  }
  return std::nullopt;
}

Timestamp EndOf(const GuardCounts& counts, const Alarm& alarm,
                std::span<const Alarm> alarms, const GuardPolicy& policy,
                Timestamp now) {
  const GuardSubject& subject = alarm.subject;
  const HourRange usual = UsualBefore(HourOf(alarm.since));
  const View before{counts, subject.kind, subject.name,
                    HoursOf(alarms, [&](const Alarm& other) {
                      return IsUnusual(other, alarm.since, policy) &&
                             (other.subject == subject ||
                              other.subject.kind == GuardKind::kSite);
                    })};
  const View after{counts, subject.kind, subject.name};
  const Parts usual_parts = before.Sum(usual);
  const Timestamp end = std::min(now, alarm.until);
  const bool sees_deliveries =
      SeesDeliveries(counts, {usual.from, HourOf(end) + 1});
  Tally heard;
  for (std::uint32_t hour = HourOf(alarm.raised) + 1; BeginOf(hour + 1) <= end;
       ++hour) {
    const Parts parts = after.Sum({hour, hour + 1});
    const std::size_t worst = WorstOf(subject.kind, parts);
    heard += Without(worst, parts);
    const auto limit = sees_deliveries
                           ? static_cast<double>(heard.total()) *
                                 LimitOf(Without(worst, usual_parts), policy)
                           : static_cast<double>(policy.failures);
    const bool is_calm = static_cast<double>(heard.failed) < limit;
    if (!is_calm) {
      heard = Tally();
    } else if (!sees_deliveries || heard.total() >= policy.failures) {
      return BeginOf(hour + 1);
    }
  }
  return alarm.until;
}

}  // namespace postbounce
