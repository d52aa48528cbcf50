#include "store/list_fold.h"

#include <algorithm>
#include <utility>

#include "store/decide.h"

namespace postbounce {
namespace {

// More than can matter: those that are older were decided upon.
constexpr std::size_t kDeliveries = 200;

// The one of that scope, or one of kNone.
Decision InScope(const std::vector<Decision>& decisions,
                 const std::string& scope) {
  const auto found = std::find_if(
      decisions.begin(), decisions.end(),
      [&](const Decision& decision) { return decision.scope == scope; });
  if (found != decisions.end()) return *found;
  Decision none;
  none.scope = scope;
  return none;
}

}  // namespace

void ListFold::SetActor(std::string actor, std::string why) {
  actor_ = std::move(actor);
  why_ = std::move(why);
}

Result<std::vector<ListChange>> ListFold::Finish() {
  std::vector<ListChange> changes;
  for (const AddressId address : touched_) {
    const auto folded = Fold(address, &changes);
    if (!folded) return folded.error();
  }
  touched_.clear();
  return changes;
}

Result<void> ListFold::Fold(AddressId address,
                            std::vector<ListChange>* changes) {
  const auto events = list_.DecisiveEvents(address, kDecisiveEvents);
  if (!events) return events.error();
  const auto deliveries = list_.Deliveries(address, kDeliveries);
  if (!deliveries) return deliveries.error();
  const auto actions = list_.Actions(address);
  if (!actions) return actions.error();
  const auto before = list_.Decisions(address);
  if (!before) return before.error();

  const std::vector<Decision> after =
      Decide({*events, *deliveries, *actions}, policy_.list, now_);
  std::set<std::string> scopes;
  for (const Decision& decision : *before) scopes.insert(decision.scope);
  for (const Decision& decision : after) scopes.insert(decision.scope);
  for (const std::string& scope : scopes) {
    const auto written =
        Write(address, InScope(*before, scope), InScope(after, scope), changes);
    if (!written) return written;
  }
  return {};
}

Result<void> ListFold::Write(AddressId address, const Decision& before,
                             const Decision& after,
                             std::vector<ListChange>* changes) {
  if (after == before) return {};
  const auto written = list_.WriteDecision(address, after);
  if (!written) return written;
  const Change change{now_, address, before, after, actor_, why_};
  const auto logged = list_.AppendChange(change);
  if (!logged) return logged;
  if (each_) each_(change);
  const auto key = tables_.KeyOf(address);
  if (!key) return key.error();
  changes->push_back({*key, after.scope, after.state, after.until, false});
  return {};
}

}  // namespace postbounce
