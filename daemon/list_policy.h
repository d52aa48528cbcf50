#ifndef POSTBOUNCE_DAEMON_LIST_POLICY_H_
#define POSTBOUNCE_DAEMON_LIST_POLICY_H_

#include "daemon/config.h"
#include "store/policy.h"

namespace postbounce {

// The [policy] of a configuration that ParseConfig() has checked.
ListPolicy ListPolicyOf(const Config& config);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LIST_POLICY_H_
