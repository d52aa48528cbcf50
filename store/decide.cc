#include "store/decide.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

#include "store/fold.h"

namespace postbounce {
namespace {

// The rule for a hard reason in words that were not meant for ever, as in mail
// that expired in the queue.
constexpr Reason kSoftRule = Reason::kExpired;

// Failures add up over so much more time than they have to. Else, where no log
// tells of the mail between them, a mailbox that was full five times in as many
// years would be suppressed.
constexpr std::chrono::days kAddUp{180};

bool IsHard(const Event& event) {
  return event.reason_class == ReasonClass::kHard &&
         InfoOf(event.reason).reason_class == ReasonClass::kHard;
}

// What a decisive event counts by; nullopt where it does not.
std::optional<Failure> Measure(const Event& event, const ListPolicy& policy) {
  Failure failure;
  failure.event = &event;
  failure.rule = policy.For(event.reason);
  if (failure.rule.failures == 0) return std::nullopt;
  if (IsHard(event) || event.reason == Reason::kComplaint) {
    failure.score = event.reason;
  } else if (InfoOf(event.reason).reason_class == ReasonClass::kHard) {
    const bool in_scope = failure.rule.in_scope;
    failure.rule = policy.For(kSoftRule);
    if (failure.rule.failures == 0) return std::nullopt;
    failure.rule.in_scope = in_scope;
  }
  if (failure.rule.in_scope && event.scope.empty()) return std::nullopt;
  if (event.wants_second_day) {
    failure.rule.failures = std::max(failure.rule.failures, 2u);
  }
  failure.within = failure.rule.over + kAddUp;
  return failure;
}

bool IsSeen(const Event& event, Timestamp now, bool with_held) {
  return IsDecisive(event) && event.time <= now &&
         (with_held || !event.is_held);
}

// The messages of failures, to look deliveries up in.
class FailedMessages {
 public:
  void Add(const Event& event) {
    if (event.reason == Reason::kComplaint) return;
    after_acceptance_ |= event.after_acceptance && MaySuppress(event.reason);
    if (event.message) messages_.push_back(*event.message);
  }

  // The deliveries that say something about the address, by `now`.
  std::vector<const Acceptance*> Believable(
      std::span<const Acceptance> deliveries, Timestamp now) {
    std::vector<const Acceptance*> believable;
    // A server that takes mail for those whom it does not know says nothing by
    // taking it.
    if (after_acceptance_) return believable;
    std::sort(messages_.begin(), messages_.end(), IsBefore);
    for (const Acceptance& delivery : deliveries) {
      if (delivery.time <= now && !HasFailed(delivery.message)) {
        believable.push_back(&delivery);
      }
    }
    return believable;
  }

 private:
  static bool IsBefore(const MessageRef& a, const MessageRef& b) {
    return std::tie(a.id, a.first_seen) < std::tie(b.id, b.first_seen);
  }

  bool HasFailed(const MessageRef& message) const {
    const auto next =
        std::lower_bound(messages_.begin(), messages_.end(), message, IsBefore);
    return (next != messages_.end() && IsSameMessage(*next, message)) ||
           (next != messages_.begin() && IsSameMessage(next[-1], message));
  }

  std::vector<MessageRef> messages_;
  bool after_acceptance_ = false;
};

using Inputs = std::map<std::string_view, FoldInput>;

void AddActions(std::span<const ListAction> actions, Timestamp now,
                Inputs* inputs) {
  const auto is_of_all = [](const ListAction& action) {
    return action.kind == ListAction::Kind::kRemove && action.scope.empty();
  };
  for (const ListAction& action : actions) {
    if (action.time <= now && !is_of_all(action)) {
      (*inputs)[action.scope].actions.push_back(&action);
    }
  }
  for (const ListAction& action : actions) {
    if (action.time > now || !is_of_all(action)) continue;
    for (auto& [scope, input] : *inputs) input.actions.push_back(&action);
  }
}

using Outcomes = std::map<std::string_view, Folded>;

Outcomes FoldScopes(const History& history, const ListPolicy& policy,
                    Timestamp now, bool with_held) {
  Inputs inputs;
  FailedMessages failed;
  for (const Event& event : history.events) {
    if (!IsSeen(event, now, with_held)) continue;
    failed.Add(event);
    const auto failure = Measure(event, policy);
    if (!failure) continue;
    const std::string_view scope =
        failure->rule.in_scope ? std::string_view(event.scope) : "";
    inputs[scope].failures.push_back(*failure);
  }
  AddActions(history.actions, now, &inputs);
  const auto deliveries = failed.Believable(history.deliveries, now);

  Outcomes outcomes;
  for (auto& [scope, input] : inputs) {
    for (const Acceptance* delivery : deliveries) {
      if (scope.empty() || delivery->scope.empty() ||
          delivery->scope == scope) {
        input.deliveries.push_back(delivery);
      }
    }
    input.with_held = with_held;
    Folded& folded = outcomes[scope];
    folded = Fold(input, policy, now);
    folded.decision.scope = scope;
    folded.outlook.scope = scope;
  }
  return outcomes;
}

// What the guard doubts adds to what is sure: mail goes on.
void AddHeld(const Decision& with_held, Decision* decision) {
  if (decision->state == ListState::kActive ||
      with_held.state != ListState::kActive) {
    return;
  }
  *decision = with_held;
  decision->state = ListState::kHeld;
}

Decision FoldDomain(std::span<const DomainFailure> failures,
                    std::span<const Acceptance> deliveries,
                    std::span<const ListAction> actions,
                    const ListPolicy& policy, Timestamp now, bool with_held) {
  FoldInput input;
  FailedMessages failed;
  for (const DomainFailure& one : failures) {
    const bool is_dead = one.event.reason == Reason::kNoSuchDomain ||
                         one.event.reason == Reason::kDomainAcceptsNoMail;
    if (!IsSeen(one.event, now, with_held) || !IsHard(one.event) || !is_dead) {
      continue;
    }
    failed.Add(one.event);
    if (policy.domain_recipients == 0) continue;
    Failure failure;
    failure.event = &one.event;
    failure.address = one.address;
    failure.rule.failures = policy.domain_days;
    failure.rule.lasts = policy.domain_lasts;
    failure.addresses = policy.domain_recipients;
    failure.within = policy.domain_lasts;
    input.failures.push_back(failure);
  }
  for (const ListAction& action : actions) {
    if (action.time <= now && action.scope.empty()) {
      input.actions.push_back(&action);
    }
  }
  input.deliveries = failed.Believable(deliveries, now);
  input.with_held = with_held;
  return Fold(input, policy, now).decision;
}

}  // namespace

bool IsDecisive(const Event& event) {
  if (event.standing != Standing::kCounts || event.is_void) return false;
  if (event.reason == Reason::kComplaint) return true;
  // A reason that never suppresses speaks against the delivery that it was of.
  // Class block has what is the fault of the site, such as its relayhost's
  // relay-denied.
  return event.action == Action::kFailed &&
         (event.reason_class == ReasonClass::kHard ||
          event.reason_class == ReasonClass::kSoft);
}

std::vector<Decision> Decide(const History& history, const ListPolicy& policy,
                             Timestamp now) {
  Outcomes outcomes = FoldScopes(history, policy, now, false);
  const bool any_held =
      std::any_of(history.events.begin(), history.events.end(),
                  [](const Event& event) { return event.is_held; });
  if (any_held) {
    for (const auto& [scope, with_held] :
         FoldScopes(history, policy, now, true)) {
      AddHeld(with_held.decision, &outcomes[scope].decision);
    }
  }
  std::vector<Decision> shown;
  for (auto& [scope, folded] : outcomes) {
    if (folded.decision.state != ListState::kNone) {
      shown.push_back(std::move(folded.decision));
    }
  }
  return shown;
}

std::optional<Timestamp> LastBelievable(const History& history, Timestamp now) {
  FailedMessages failed;
  for (const Event& event : history.events) {
    if (IsSeen(event, now, true)) failed.Add(event);
  }
  std::optional<Timestamp> last;
  for (const Acceptance* one : failed.Believable(history.deliveries, now)) {
    if (!last || *last < one->time) last = one->time;
  }
  return last;
}

std::vector<Outlook> LookAhead(const History& history, const ListPolicy& policy,
                               Timestamp now) {
  std::vector<Outlook> outlooks;
  for (auto& [scope, folded] : FoldScopes(history, policy, now, false)) {
    Outlook& outlook = folded.outlook;
    if (outlook.on_probation || !outlook.tallies.empty()) {
      outlooks.push_back(std::move(outlook));
    }
  }
  return outlooks;
}

std::optional<Decision> DecideDomain(std::span<const DomainFailure> failures,
                                     std::span<const Acceptance> deliveries,
                                     std::span<const ListAction> actions,
                                     const ListPolicy& policy, Timestamp now) {
  Decision decision =
      FoldDomain(failures, deliveries, actions, policy, now, false);
  AddHeld(FoldDomain(failures, deliveries, actions, policy, now, true),
          &decision);
  if (decision.state == ListState::kNone) return std::nullopt;
  return decision;
}

ListState StateAt(const Decision& decision, Timestamp now) {
  if (!decision.until || *decision.until > now) return decision.state;
  switch (decision.state) {
    case ListState::kActive:
      return ListState::kExpired;
    case ListState::kHeld:  // and never was suppressed
      return ListState::kNone;
    case ListState::kNone:
    case ListState::kExpired:
    case ListState::kRemoved:
      return decision.state;
  }
  return decision.state;
}

}  // namespace postbounce
