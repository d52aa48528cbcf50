#ifndef POSTBOUNCE_STORE_POLICY_H_
#define POSTBOUNCE_STORE_POLICY_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "classifier/reason.h"
#include "mime/text/result.h"

namespace postbounce {

// When failures of one reason suppress, and for how long.
struct ReasonPolicy {
  // So many failures, of which at most one a day counts; 0: never.
  std::uint32_t failures = 0;
  // From the first of them to the last, at least.
  std::chrono::seconds over{0};
  // From the last of them on; 0: until somebody removes it.
  std::chrono::seconds lasts{0};
  // Only mail of the same scope is stopped.
  bool in_scope = false;

  bool operator==(const ReasonPolicy&) const = default;

  // "never", or "after 5 over 14d for 90d in scope", where all behind the
  // number may be left out. kSyntax.
  static Result<ReasonPolicy> Parse(std::string_view text);
  std::string ToString() const;  // what Parse() takes
};

// What the site has decided about who is suppressed when.
struct ListPolicy {
  // By Reason; those that can never suppress are "never".
  std::array<ReasonPolicy, 36> reasons;
  // A whole domain is suppressed when so many of its addresses have failed for
  // no-such-domain or domain-accepts-no-mail, on so many different days.
  std::uint32_t domain_recipients = 0;  // 0: never
  std::uint32_t domain_days = 0;
  std::chrono::seconds domain_lasts{0};
  // A delivery that nothing contradicts for so long is believed.
  std::chrono::seconds success_settle{0};
  // Whether such a delivery ends a suppression; else it is only shown.
  bool success_releases = false;

  bool operator==(const ListPolicy&) const = default;

  const ReasonPolicy& For(Reason reason) const {
    return reasons[static_cast<std::size_t>(reason)];
  }
};

// Whether a site may set a policy for the reason: fault and class allow it.
bool MaySuppress(Reason reason);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_POLICY_H_
