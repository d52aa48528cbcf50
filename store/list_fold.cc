#include "store/list_fold.h"

#include <algorithm>
#include <utility>

#include "store/decide.h"

namespace postbounce {
namespace {

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

Result<std::vector<Decision>> ListFold::DecideOn(AddressId address) {
  const auto text = list_.TextOf(address);
  if (!text) return text.error();
  const auto deliveries = list_.Deliveries(address);
  if (!deliveries) return deliveries.error();
  const auto actions = list_.Actions(address);
  if (!actions) return actions.error();
  if (text->starts_with('@')) {
    return DecideOnDomain(address, *deliveries, *actions);
  }
  auto events = list_.DecisiveEvents(address, kDecisiveEvents);
  if (!events) return events.error();
  guard_.Doubt(*text, &*events);
  return Decide({*events, *deliveries, *actions}, policy_.list, now_);
}

Result<std::vector<Decision>> ListFold::DecideOnDomain(
    AddressId domain, std::span<const Acceptance> deliveries,
    std::span<const ListAction> actions) {
  auto failures = list_.DomainFailures(domain, kDecisiveEvents);
  if (!failures) return failures.error();
  for (DomainFailure& failure : *failures) {
    const auto text = list_.TextOf(AddressId{failure.address});
    if (!text) return text.error();
    std::vector<Event> events = {failure.event};
    guard_.Doubt(*text, &events);
    failure.event = events.front();
  }
  auto decision =
      DecideDomain(*failures, deliveries, actions, policy_.list, now_);
  if (!decision) return std::vector<Decision>();
  return std::vector<Decision>{*std::move(decision)};
}

Result<void> ListFold::Fold(AddressId address,
                            std::vector<ListChange>* changes) {
  const auto before = list_.Decisions(address);
  if (!before) return before.error();
  const auto decided = DecideOn(address);
  if (!decided) return decided.error();
  const std::vector<Decision>& after = *decided;
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
