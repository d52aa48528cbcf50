#include "store/guard_keeper.h"

#include <algorithm>
#include <set>
#include <utility>

#include "store/guarded_event.h"
#include "store/relays.h"

namespace postbounce {
namespace {

// Suppressed for what was before.
bool WasDead(const std::vector<Decision>& decisions, const Alarm& alarm) {
  return std::any_of(decisions.begin(), decisions.end(),
                     [&](const Decision& decision) {
                       return decision.state == ListState::kActive &&
                              decision.since < alarm.since;
                     });
}

}  // namespace

Result<void> GuardKeeper::Load() {
  if (is_loaded_) return {};
  Forget();
  auto alarms = tables_.Alarms();
  if (!alarms) return alarms.error();
  alarms_ = *std::move(alarms);
  is_loaded_ = true;
  return {};
}

void GuardKeeper::Forget() {
  is_loaded_ = false;
  alarms_.clear();
  news_.clear();
  counts_ = GuardCounts();
}

Result<void> GuardKeeper::Prepare(const std::vector<GuardKey>& missing) {
  for (const GuardKey& key : missing) {
    auto bytes = tables_.Piece(key);
    if (!bytes) return bytes.error();
    const auto loaded = counts_.Load({key, *std::move(bytes)});
    if (!loaded) return loaded;
  }
  return {};
}

Result<void> GuardKeeper::CountDelivery(const LogAttempt& attempt) {
  const GuardNames names(attempt.recipient, RelayNameOf(attempt.relay).host);
  const GuardedOutcome outcome = names.Delivered(attempt.time);
  const auto prepared = Prepare(counts_.Missing(outcome));
  if (!prepared) return prepared;
  counts_.Count(outcome);
  return {};
}

Result<void> GuardKeeper::CountFailure(AddressId address, std::string_view text,
                                       const Event& event,
                                       const GuardPolicy& policy,
                                       const Touch& touch) {
  if (!policy.is_on || event.reason_class != ReasonClass::kHard) return {};
  const auto is_again = tables_.HasFailedThatDay(address, event);
  if (!is_again) return is_again.error();
  if (*is_again) return {};
  const GuardNames names(text, event.relay);
  const GuardedOutcome outcome = names.Failed(event.time);
  const auto prepared = Prepare(counts_.Missing(outcome));
  if (!prepared) return prepared;
  counts_.Count(outcome);
  auto alarm = Rising(counts_, outcome, alarms_, policy);
  if (!alarm) return {};
  const auto id = tables_.InsertAlarm(*alarm);
  if (!id) return id.error();
  alarm->id = *id;
  alarms_.push_back(*alarm);
  news_.push_back(*alarm);
  return EachAddressOf(*alarm, alarm->raised, touch);
}

void GuardKeeper::Doubt(std::string_view text, std::vector<Event>* events) {
  for (Event& event : *events) DoubtEvent(alarms_, text, &event);
}

// Of failures until `to` that the alarm may cover.
Result<void> GuardKeeper::EachAddressOf(const Alarm& alarm, Timestamp to,
                                        const Touch& touch) {
  return tables_.EachFailure(
      alarm.since, to,
      [&](AddressId address, std::string_view text, const Event& event) {
        const GuardNames names(text, event.relay);
        if (Concerns(alarm.subject, names.Failed(event.time))) touch(address);
      });
}

Result<AlarmFacts> GuardKeeper::FactsOf(const Alarm& alarm) {
  std::set<AddressId> addresses;
  const auto collected =
      EachAddressOf(alarm, alarm.until,
                    [&](AddressId address) { addresses.insert(address); });
  if (!collected) return collected.error();
  AlarmFacts facts;
  for (const AddressId address : addresses) {
    const auto decisions = list_.Decisions(address);
    if (!decisions) return decisions.error();
    if (WasDead(*decisions, alarm)) continue;
    ++facts.held;
    const auto deliveries = list_.Deliveries(address);
    if (!deliveries) return deliveries.error();
    const auto events = list_.DecisiveEvents(address, kDecisiveEvents);
    if (!events) return events.error();
    const bool is_accepted =
        !deliveries->empty() && deliveries->front().time > alarm.raised;
    const bool has_failed =
        !events->empty() && events->front().time >= alarm.until;
    facts.accepted += is_accepted ? 1 : 0;
    facts.failed_again += !is_accepted && has_failed ? 1 : 0;
  }
  return facts;
}

Result<void> GuardKeeper::Tick(const GuardPolicy& policy, Timestamp now,
                               const Touch& touch) {
  for (Alarm& alarm : alarms_) {
    if (alarm.state != AlarmState::kOpen) continue;
    Alarm changed = alarm;
    const auto prepared = Prepare(counts_.Missing(alarm));
    if (!prepared) return prepared;
    changed.until = EndOf(counts_, alarm, alarms_, policy, now);
    if (now >= changed.until) {
      const auto facts = FactsOf(changed);
      if (!facts) return facts.error();
      changed.state = postbounce::Resolve(changed, *facts, policy, now);
    }
    const auto done = Change(&alarm, changed, touch);
    if (!done) return done;
  }
  return Flush();
}

Result<void> GuardKeeper::Resolve(const ResolveAlarm& order,
                                  const GuardPolicy& policy, Timestamp now,
                                  const Touch& touch) {
  const auto alarm =
      std::find_if(alarms_.begin(), alarms_.end(),
                   [&](const Alarm& one) { return one.id == order.alarm; });
  if (alarm == alarms_.end()) {
    return Error(ErrorCode::kNotFound, "there is no such alarm");
  }
  Alarm changed = *alarm;
  changed.state = order.state;
  changed.actor = order.actor;
  changed.why = order.why;
  if (order.state != AlarmState::kOpen) {
    const auto prepared = Prepare(counts_.Missing(*alarm));
    if (!prepared) return prepared;
    changed.until = KnownEndOf(counts_, *alarm, alarms_, policy, now);
  }
  return Change(&*alarm, changed, touch);
}

Result<void> GuardKeeper::Change(Alarm* alarm, const Alarm& changed,
                                 const Touch& touch) {
  if (changed == *alarm) return {};
  // What is covered no longer counts from now on, too.
  const Timestamp to = std::max(alarm->until, changed.until);
  if (changed.state != alarm->state) news_.push_back(changed);
  *alarm = changed;
  const auto updated = tables_.UpdateAlarm(changed);
  if (!updated) return updated;
  return EachAddressOf(changed, to, touch);
}

Result<void> GuardKeeper::Flush() {
  for (const GuardPiece& piece : counts_.TakeChanged()) {
    const auto stored = tables_.StorePiece(piece);
    if (!stored) return stored;
  }
  return {};
}

std::vector<Alarm> GuardKeeper::TakeNews() { return std::exchange(news_, {}); }

}  // namespace postbounce
