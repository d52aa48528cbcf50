#include "store/guard.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "store/guard_view.h"

namespace postbounce {
namespace {

// A subject without a history is taken for one that had this much of it.
constexpr double kPriorFailed = 1;
constexpr double kPriorDelivered = 49;
// Where less of all outcomes are failures there is no alarm: big mailings to
// old lists have as many.
constexpr double kShareAtLeast = 0.05;
// How far back a subject that takes hardly anything is looked at.
constexpr std::uint32_t kSilentHours = 24;

// Enough where more speaks for an outage than their number.
std::uint32_t FewOf(const GuardPolicy& policy) {
  constexpr std::uint32_t kFewest = 5;
  return std::min(policy.failures, std::max(policy.failures / 4, kFewest));
}

std::uint32_t Back(std::uint32_t hour, std::uint32_t hours) {
  return hour - std::min(hour, hours);
}

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

// What is looked at, and what it is held against.
struct Views {
  View seen;
  View before;
};

std::size_t FailingParts(const Parts& parts) {
  return static_cast<std::size_t>(
      std::count_if(parts.begin(), parts.end(),
                    [](const Tally& part) { return part.failed > 0; }));
}

// From which hour on there are too many within `lookback`. Where a part of the
// subject is known to be in trouble, a few failures of others are enough.
std::optional<std::uint32_t> RisingSince(const Views& views, std::uint32_t hour,
                                         bool is_in_trouble,
                                         const GuardPolicy& policy) {
  const auto length = static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::hours>(policy.lookback).count());
  const HourRange window{Back(hour + 1, length), hour + 1};
  const Parts parts = views.seen.Sum(window);
  const std::size_t worst = WorstOf(views.seen.kind, parts);
  const Tally seen = Without(worst, parts);
  const bool is_few = is_in_trouble && FailingParts(parts) > 2;
  const std::uint32_t wanted = is_few ? FewOf(policy) : policy.failures;
  // Most failures end here, before the sums over weeks.
  if (seen.failed < wanted || !IsFarAbove(seen, kShareAtLeast)) {
    return std::nullopt;
  }
  const HourRange usual = UsualBefore(window.from);
  bool is_rising = false;
  if (SeesDeliveries(views.seen.counts, {usual.from, window.to})) {
    const Tally before = Without(worst, views.before.Sum(usual));
    is_rising = IsFarAbove(seen, LimitOf(before, policy));
  } else {
    const std::uint64_t before = WorstHours(views.before, usual, length);
    is_rising = seen.failed >= policy.factor * std::max<std::uint64_t>(
                                                   before, policy.failures);
  }
  if (!is_rising) return std::nullopt;
  return window.from;
}

// From which hour on one that used to take our mail has taken hardly any: a
// site that writes little never sees many failures within `lookback`.
std::optional<std::uint32_t> SilentSince(const Views& views, std::uint32_t hour,
                                         const GuardPolicy& policy) {
  const GuardKind kind = views.seen.kind;
  if (kind == GuardKind::kSite || kind == GuardKind::kResolver) {
    return std::nullopt;
  }
  std::optional<std::uint32_t> since;
  Tally silent;
  std::size_t silent_worst = HourCounts::kParts;
  Parts parts;
  for (std::uint32_t back = 0; back < std::min(kSilentHours, hour); ++back) {
    const std::uint32_t from = hour - back;
    const Parts more = views.seen.Sum({from, from + 1});
    for (std::size_t i = 0; i < parts.size(); ++i) parts[i] += more[i];
    const std::size_t worst = WorstOf(kind, parts);
    const Tally seen = Without(worst, parts);
    if (seen.delivered > 2 * seen.failed) break;
    const bool is_silent = seen.failed >= FewOf(policy) + seen.delivered / 2;
    // A quiet night before it is no part of it.
    if (!is_silent || seen.failed == silent.failed) continue;
    since = from;
    silent = seen;
    silent_worst = worst;
  }
  // Where nobody has told of deliveries yet, all are silent.
  if (!since || !SeesDeliveries(views.seen.counts, {*since, hour + 1})) {
    return std::nullopt;
  }
  const Tally before =
      Without(silent_worst, views.before.Sum(UsualBefore(*since)));
  const bool is_unheard_of = before.delivered >= policy.failures &&
                             IsFarAbove(silent, LimitOf(before, policy));
  return is_unheard_of ? since : std::nullopt;
}

bool LastsAt(const Alarm& alarm, Timestamp time) {
  return alarm.since <= time && time < alarm.until;
}

// Whether a narrower subject of this operator is in alarm.
bool IsInTrouble(const GuardedSubject& subject, const GuardedOutcome& failure,
                 std::span<const Alarm> alarms) {
  if (subject.kind != GuardKind::kOperator) return false;
  return std::any_of(alarms.begin(), alarms.end(), [&](const Alarm& alarm) {
    return alarm.state == AlarmState::kOpen &&
           alarm.operator_domain == subject.name &&
           LastsAt(alarm, failure.time);
  });
}

// The whole hours that alarms which concern the failure have spoken of.
std::vector<HourRange> SpokenOf(std::span<const Alarm> alarms,
                                const GuardedOutcome& failure) {
  std::vector<HourRange> hours;
  for (const Alarm& alarm : alarms) {
    if (!Concerns(alarm.subject, failure)) continue;
    const auto since = std::chrono::ceil<std::chrono::hours>(alarm.since);
    hours.push_back({HourOf(since), HourOf(alarm.until)});
  }
  return hours;
}

bool IsHeldAlready(const GuardedOutcome& failure,
                   std::span<const Alarm> alarms) {
  return std::any_of(alarms.begin(), alarms.end(), [&](const Alarm& alarm) {
    return alarm.state == AlarmState::kOpen && Covers(alarm, failure);
  });
}

// Whom the resolver does not find takes nothing, which says nothing of him.
bool IsResolverInAlarm(Timestamp time, std::span<const Alarm> alarms) {
  return std::any_of(alarms.begin(), alarms.end(), [&](const Alarm& alarm) {
    return alarm.state == AlarmState::kOpen &&
           alarm.subject.kind == GuardKind::kResolver && LastsAt(alarm, time);
  });
}

bool IsSpokenOf(const GuardedSubject& subject, Timestamp time,
                std::span<const Alarm> alarms) {
  return std::any_of(alarms.begin(), alarms.end(), [&](const Alarm& alarm) {
    return alarm.subject.kind == subject.kind &&
           alarm.subject.name == subject.name && LastsAt(alarm, time);
  });
}

// The end of the last hour by `now` in which something of an alarm's subject
// failed.
Timestamp LastFailingHour(const GuardCounts& counts, const Alarm& alarm,
                          Timestamp now) {
  const View view{counts, alarm.subject.kind, alarm.subject.name};
  std::uint32_t last = HourOf(alarm.raised);
  view.ForEach({last, HourOf(std::min(now, alarm.until)) + 1},
               [&last](const HourCounts::Row& row) {
                 if (row.failed > 0) last = row.hour;
               });
  return BeginOf(last + 1);
}

}  // namespace

std::optional<Alarm> Rising(const GuardCounts& counts,
                            const GuardedOutcome& failure,
                            std::span<const Alarm> alarms,
                            const GuardPolicy& policy) {
  if (!policy.is_on || IsHeldAlready(failure, alarms)) return std::nullopt;
  const std::vector<HourRange> spoken_of = SpokenOf(alarms, failure);
  const std::vector<HourRange> unusual =
      HoursOf(alarms, [&failure, &policy](const Alarm& alarm) {
        return IsUnusual(alarm, failure.time, policy) &&
               Concerns(alarm.subject, failure);
      });
  const std::uint32_t hour = HourOf(failure.time);
  const bool can_resolve = !IsResolverInAlarm(failure.time, alarms);
  for (const GuardedSubject& subject : SubjectsOf(failure)) {
    if (IsSpokenOf(subject, failure.time, alarms)) continue;
    const Views views{{counts, subject.kind, subject.name, spoken_of},
                      {counts, subject.kind, subject.name, unusual}};
    auto since =
        RisingSince(views, hour, IsInTrouble(subject, failure, alarms), policy);
    if (!since && can_resolve) since = SilentSince(views, hour, policy);
    if (!since) continue;
    Alarm alarm = MakeAlarm({subject.kind, std::string(subject.name)},
                            failure.time, policy);
    alarm.since = std::min(alarm.since, BeginOf(*since));
    alarm.operator_domain = failure.operator_domain;
    return alarm;
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

Timestamp KnownEndOf(const GuardCounts& counts, const Alarm& alarm,
                     std::span<const Alarm> alarms, const GuardPolicy& policy,
                     Timestamp now) {
  return std::min(EndOf(counts, alarm, alarms, policy, now),
                  LastFailingHour(counts, alarm, now));
}

}  // namespace postbounce
