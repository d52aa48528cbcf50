#ifndef POSTBOUNCE_STORE_FOLD_H_
#define POSTBOUNCE_STORE_FOLD_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "store/decide.h"
#include "store/event.h"
#include "store/policy.h"

namespace postbounce {

// A failure that counts, and what it takes to suppress for it.
struct Failure {
  const Event* event = nullptr;
  std::int64_t address = 0;
  ReasonPolicy rule;
  // So many addresses have to have failed, and all of it within so long.
  std::uint32_t addresses = 1;
  std::chrono::seconds within{0};
  // Failures of one score add up. None: the one that soft reasons share, which
  // a delivery ends before it has settled.
  std::optional<Reason> score;
};

// What decides about one address or domain, in one scope; in any order, and
// nothing later than now. Points into what it was made of.
struct FoldInput {
  std::vector<Failure> failures;
  std::vector<const Acceptance*> deliveries;  // those to be believed
  std::vector<const ListAction*> actions;
  // With failures that the outage guard doubts: the first delivery ends what
  // they began.
  bool with_held = false;
};

struct Folded {
  Decision decision;  // never kHeld: that is for the caller to say
  Outlook outlook;
};

// O(n log n).
Folded Fold(const FoldInput& input, const ListPolicy& policy, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_FOLD_H_
