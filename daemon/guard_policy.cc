#include "daemon/guard_policy.h"

#include <chrono>
#include <cstdint>

namespace postbounce {

GuardPolicy GuardPolicyOf(const Config& config) {
  GuardPolicy policy;
  policy.is_on = config.guard_enabled;
  policy.failures = static_cast<std::uint32_t>(config.guard_failures);
  policy.factor = static_cast<std::uint32_t>(config.guard_factor);
  policy.lookback = std::chrono::seconds(config.guard_lookback);
  policy.hold = std::chrono::seconds(config.guard_hold);
  return policy;
}

}  // namespace postbounce
