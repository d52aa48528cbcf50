#include "store/list_judge.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

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

Result<std::vector<Revision>> ListJudge::Judge(AddressId address) {
  const auto text = list_.TextOf(address);
  if (!text) return text.error();
  if (text->starts_with('@')) {
    auto failures = list_.DomainFailures(address, kDecisiveEvents);
    if (!failures) return failures.error();
    return JudgeDomain(address, *std::move(failures));
  }
  auto events = list_.DecisiveEvents(address, kDecisiveEvents);
  if (!events) return events.error();
  return JudgeAddress(address, *text, *std::move(events));
}

Result<std::vector<Revision>> ListJudge::JudgeAddress(
    AddressId address, std::string_view text, std::vector<Event> events) {
  const auto deliveries = list_.Deliveries(address);
  if (!deliveries) return deliveries.error();
  const auto actions = list_.Actions(address);
  if (!actions) return actions.error();
  guard_.Doubt(text, &events);
  return Compare(address,
                 Decide({events, *deliveries, *actions}, policy_.list, now_));
}

Result<std::vector<Revision>> ListJudge::JudgeDomain(
    AddressId domain, std::vector<DomainFailure> failures) {
  const auto deliveries = list_.Deliveries(domain);
  if (!deliveries) return deliveries.error();
  const auto actions = list_.Actions(domain);
  if (!actions) return actions.error();
  const auto doubted = Doubt(&failures);
  if (!doubted) return doubted.error();
  const auto decision =
      DecideDomain(failures, *deliveries, *actions, policy_.list, now_);
  std::vector<Decision> after;
  if (decision) after.push_back(*decision);
  return Compare(domain, after);
}

Result<bool> ListJudge::IsSameWithout(AddressId address,
                                      const std::set<EventId>& some) {
  const auto text = list_.TextOf(address);
  if (!text) return text.error();
  auto events = list_.DecisiveEvents(address, kDecisiveEvents);
  if (!events) return events.error();
  const auto deliveries = list_.Deliveries(address);
  if (!deliveries) return deliveries.error();
  const auto actions = list_.Actions(address);
  if (!actions) return actions.error();
  guard_.Doubt(*text, &*events);
  const History all{*events, *deliveries, *actions};
  const auto before = Decide(all, policy_.list, now_);
  const auto outlook = LookAhead(all, policy_.list, now_);
  // How often it was suppressed makes the next time longer.
  const bool counts =
      std::any_of(outlook.begin(), outlook.end(),
                  [](const Outlook& one) { return one.on_probation; });
  if (counts) return false;
  std::vector<Event> rest = *events;
  std::erase_if(rest, [&](const Event& one) { return some.contains(one.id); });
  const History left{rest, *deliveries, *actions};
  return Decide(left, policy_.list, now_) == before &&
         LookAhead(left, policy_.list, now_) == outlook;
}

Result<bool> ListJudge::IsDomainSameWithout(AddressId domain,
                                            const std::set<EventId>& some) {
  const auto before = JudgeDomainBy(domain, {});
  if (!before) return before.error();
  const auto after = JudgeDomainBy(domain, some);
  if (!after) return after.error();
  return *before == *after;
}

// What is decided about a domain without some failures.
Result<std::optional<Decision>> ListJudge::JudgeDomainBy(
    AddressId domain, const std::set<EventId>& left_out) {
  auto failures = list_.DomainFailures(domain, kDecisiveEvents);
  if (!failures) return failures.error();
  std::erase_if(*failures, [&](const DomainFailure& one) {
    return left_out.contains(one.event.id);
  });
  const auto deliveries = list_.Deliveries(domain);
  if (!deliveries) return deliveries.error();
  const auto actions = list_.Actions(domain);
  if (!actions) return actions.error();
  const auto doubted = Doubt(&*failures);
  if (!doubted) return doubted.error();
  return DecideDomain(*failures, *deliveries, *actions, policy_.list, now_);
}

Result<void> ListJudge::Doubt(std::vector<DomainFailure>* failures) {
  for (DomainFailure& failure : *failures) {
    const auto text = list_.TextOf(AddressId{failure.address});
    if (!text) return text.error();
    std::vector<Event> events = {failure.event};
    guard_.Doubt(*text, &events);
    failure.event = events.front();
  }
  return {};
}

Result<std::vector<Revision>> ListJudge::Compare(
    AddressId address, const std::vector<Decision>& after) {
  const auto before = list_.Decisions(address);
  if (!before) return before.error();
  std::set<std::string> scopes;
  for (const Decision& decision : *before) scopes.insert(decision.scope);
  for (const Decision& decision : after) scopes.insert(decision.scope);
  std::vector<Revision> revisions;
  for (const std::string& scope : scopes) {
    Revision revision{InScope(*before, scope), InScope(after, scope)};
    if (revision.after != revision.before) {
      revisions.push_back(std::move(revision));
    }
  }
  return revisions;
}

}  // namespace postbounce
