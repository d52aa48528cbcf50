#ifndef POSTBOUNCE_STORE_SITE_POLICY_H_
#define POSTBOUNCE_STORE_SITE_POLICY_H_

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "store/alarm.h"
#include "store/origin.h"
#include "store/policy.h"
#include "store/relays.h"
#include "store/scopes.h"

namespace postbounce {

// All that a site has decided about what counts, and for what. Immutable once
// it is in use.
struct SitePolicy {
  ListPolicy list;
  // Whether a report counts only with a proof that binds it to mail of ours.
  bool is_proof_required = true;
  // So long after the message was sent at most.
  std::chrono::seconds proof_window{std::chrono::days(14)};
  Origin origin;
  std::vector<std::string> untrusted_logs;  // names; they prove nothing
  InternalRelays internal_relays;
  Scopes scopes;
  GuardPolicy guard;

  bool IsUntrusted(const std::string& log) const {
    return std::find(untrusted_logs.begin(), untrusted_logs.end(), log) !=
           untrusted_logs.end();
  }
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SITE_POLICY_H_
