#ifndef POSTBOUNCE_STORE_GUARD_COUNTS_H_
#define POSTBOUNCE_STORE_GUARD_COUNTS_H_

#include <boost/container/static_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/alarm.h"
#include "store/hour_counts.h"

namespace postbounce {

// Hours since 1970, from `from` to before `to`.
struct HourRange {
  std::uint32_t from = 0;
  std::uint32_t to = 0;

  bool Has(std::uint32_t hour) const { return from <= hour && hour < to; }
};
std::uint32_t HourOf(Timestamp time);  // 0 before 1970
Timestamp BeginOf(std::uint32_t hour);

// How far back the guard looks for what is usual: 35 days, so that a monthly
// mailing is among it.
inline constexpr std::uint32_t kUsualHours = 35 * 24;

// A subject of an outcome, and the part of it that the outcome falls into: one
// for each way the mail went (operator, else server, or none) of the site, one
// for each domain of the others, as far as there are parts.
struct GuardedSubject {
  GuardKind kind = GuardKind::kSite;
  std::string_view name;
  std::uint8_t part = 0;
};
// Wide ones first. Names are those of `outcome`.
boost::container::static_vector<GuardedSubject, 5> SubjectsOf(
    const GuardedOutcome& outcome);

// Counts of a subject are kept and stored in pieces of a week.
struct GuardKey {
  GuardSubject subject;
  std::uint32_t period = 0;  // in periods since 1970

  bool operator==(const GuardKey&) const = default;
};
inline constexpr std::uint32_t kPeriodHours = 7 * 24;

struct GuardPiece {
  GuardKey key;
  std::string bytes;  // HourCounts
};

// Failures and deliveries of each subject, by the hours of the outcomes
// themselves: logs may be read in any order, and old and new ones at a time.
// For one thread; bounded memory.
class GuardCounts {
 public:
  // So many pieces stay in memory, those that were needed last.
  static constexpr std::size_t kPieces = 8192;

  // Counts the outcome for each of its subjects; a failure with a server's
  // answer is nothing to the resolver. Each is to be counted once, a failure
  // only if it could suppress its address, and an address's failures at most
  // once a day: one dead address is no outage, however often it is written to.
  void Count(const GuardedOutcome& outcome);

  // Calls visit(row) for the subject's rows in these hours, in their order.
  template <class Visit>
  void ForEach(GuardKind kind, std::string_view name, HourRange hours,
               Visit visit) const;

  // Pieces that are not in memory and are needed for an outcome, or for the end
  // of an alarm. What is stored of each has to be loaded first, empty bytes
  // where nothing is: else its counts start anew.
  std::vector<GuardKey> Missing(const GuardedOutcome& outcome) const;
  std::vector<GuardKey> Missing(const Alarm& alarm) const;
  Result<void> Load(const GuardPiece& piece);  // kCorrupt

  // The pieces that have changed since the last call, to be stored. Memory is
  // only bounded here.
  std::vector<GuardPiece> TakeChanged();

 private:
  struct KeyView {
    GuardKind kind;
    std::string_view name;
    std::uint32_t period;
  };
  static KeyView ViewOf(const KeyView& key) { return key; }
  static KeyView ViewOf(const GuardKey& key) {
    return {key.subject.kind, key.subject.name, key.period};
  }
  struct KeyHash {
    using is_transparent = void;
    std::size_t operator()(const KeyView& key) const;
    std::size_t operator()(const GuardKey& key) const {
      return (*this)(ViewOf(key));
    }
  };
  struct KeyEqual {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      const KeyView x = ViewOf(a);
      const KeyView y = ViewOf(b);
      return x.kind == y.kind && x.period == y.period && x.name == y.name;
    }
  };
  struct Piece {
    HourCounts counts;
    std::uint64_t needed = 0;  // the turn in which it last was
    bool is_changed = false;
  };

  const HourCounts* Find(const KeyView& key) const;
  void AddMissing(GuardKind kind, std::string_view name, HourRange hours,
                  std::vector<GuardKey>* keys) const;
  void Forget();

  boost::unordered_flat_map<GuardKey, Piece, KeyHash, KeyEqual> pieces_;
  std::uint64_t turn_ = 0;  // counts what `needed` tells in order
};

template <class Visit>
void GuardCounts::ForEach(GuardKind kind, std::string_view name,
                          HourRange hours, Visit visit) const {
  if (hours.from >= hours.to) return;
  const std::uint32_t last = (hours.to - 1) / kPeriodHours;
  for (std::uint32_t period = hours.from / kPeriodHours; period <= last;
       ++period) {
    const HourCounts* counts = Find({kind, name, period});
    if (counts == nullptr) continue;
    for (const HourCounts::Row& row : counts->Between(hours.from, hours.to)) {
      visit(row);
    }
  }
}

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_GUARD_COUNTS_H_
