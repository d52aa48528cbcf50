#ifndef POSTBOUNCE_DAEMON_GUARD_POLICY_H_
#define POSTBOUNCE_DAEMON_GUARD_POLICY_H_

#include "daemon/config.h"
#include "store/alarm.h"

namespace postbounce {

// What [guard] of a checked configuration says.
GuardPolicy GuardPolicyOf(const Config& config);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_GUARD_POLICY_H_
