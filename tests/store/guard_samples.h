#ifndef POSTBOUNCE_TESTS_STORE_GUARD_SAMPLES_H_
#define POSTBOUNCE_TESTS_STORE_GUARD_SAMPLES_H_

#include <string>
#include <string_view>

#include "store/guard.h"
#include "tests/store/samples.h"

namespace postbounce {

inline GuardedOutcome At(Timestamp time, std::string_view domain, bool failed) {
  GuardedOutcome outcome;
  outcome.time = time;
  outcome.failed = failed;
  outcome.domain = domain;
  return outcome;
}

// Outcomes of one domain: `failed` and `delivered` in that hour.
inline void CountHour(GuardCounts* counts, int hour, std::string_view domain,
                      int failed, int delivered) {
  for (int i = 0; i < failed; ++i) {
    counts->Count(At(Hour(hour), domain, true));
  }
  for (int i = 0; i < delivered; ++i) {
    counts->Count(At(Hour(hour), domain, false));
  }
}

// Domains of a site, told apart by their number.
inline std::string Domain(int number) {
  return "d" + std::to_string(number) + ".test";
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_STORE_GUARD_SAMPLES_H_
