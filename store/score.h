#ifndef POSTBOUNCE_STORE_SCORE_H_
#define POSTBOUNCE_STORE_SCORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "store/fold.h"

namespace postbounce {

// Failures that add up. Added in order of time; they have to outlive it.
class Score {
 public:
  void Add(const Failure& failure);

  // Whether they suffice by the rule of the last one, which `last` is.
  bool SufficesFor(const Failure& last) const;

  // What a failure at `now` would add to; none if all is too long ago. By the
  // rule of the last one that was added.
  std::optional<FailureTally> TallyAt(Timestamp now);

 private:
  void DropBefore(Timestamp oldest);

  std::deque<const Failure*> failures_;
  // How many of them each has. At most one a day counts, and of an address.
  std::map<std::chrono::sys_days, std::size_t> days_;
  std::map<std::int64_t, std::size_t> addresses_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SCORE_H_
