#include "store/guard_keeper.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "store/decide.h"
#include "store/guarded_event.h"
#include "store/relays.h"

namespace postbounce {
namespace {

// To ask what has become of those that an alarm holds takes time: so many of
// them speak for all, and only now and then.
constexpr std::size_t kAsked = 2000;
constexpr std::chrono::minutes kAskAgain{10};

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
  asked_.clear();
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

Result<AlarmFacts> GuardKeeper::FactsOf(const Alarm& alarm, Timestamp now) {
  std::set<AddressId> all;
  const auto collected = EachAddressOf(
      alarm, alarm.until, [&](AddressId address) { all.insert(address); });
  if (!collected) return collected.error();
  const std::vector<AddressId> addresses(all.begin(), all.end());
  AlarmFacts facts;
  const std::size_t step = addresses.size() / kAsked + 1;
  for (std::size_t i = 0; i < addresses.size(); i += step) {
    const auto added = AddFacts(alarm, addresses[i], now, &facts);
    if (!added) return added.error();
  }
  return facts;
}

Result<void> GuardKeeper::AddFacts(const Alarm& alarm, AddressId address,
                                   Timestamp now, AlarmFacts* facts) {
  const auto decisions = list_.Decisions(address);
  if (!decisions) return decisions.error();
  if (WasDead(*decisions, alarm)) return {};
  ++facts->held;
  const auto deliveries = list_.Deliveries(address);
  if (!deliveries) return deliveries.error();
  const auto events = list_.DecisiveEvents(address, kDecisiveEvents);
  if (!events) return events.error();
  const auto accepted = LastBelievable({*events, *deliveries, {}}, now);
  const bool is_accepted = accepted && *accepted > alarm.raised;
  const bool has_failed =
      !events->empty() && events->front().time >= alarm.until;
  facts->accepted += is_accepted ? 1 : 0;
  facts->failed_again += !is_accepted && has_failed ? 1 : 0;
  return {};
}

Result<void> GuardKeeper::Tick(const GuardPolicy& policy, Timestamp now,
                               const Touch& touch) {
  for (Alarm& alarm : alarms_) {
    if (alarm.state != AlarmState::kOpen) continue;
    Alarm changed = alarm;
    const auto prepared = Prepare(counts_.Missing(alarm));
    if (!prepared) return prepared;
    changed.until = EndOf(counts_, alarm, alarms_, policy, now);
    if (now >= changed.until && asked_[alarm.id] + kAskAgain <= now) {
      asked_[alarm.id] = now;
      const auto facts = FactsOf(changed, now);
      if (!facts) return facts.error();
      changed.state = postbounce::Resolve(changed, *facts, policy, now);
      // Who opened it again has nothing to do with that.
      if (changed.state != alarm.state) changed.actor = changed.why = "";
    }
    const auto done = Change(&alarm, changed, touch);
    if (!done) return done;
  }
  return Flush();
}

Result<Alarm*> GuardKeeper::Find(AlarmId id) {
  const auto alarm =
      std::find_if(alarms_.begin(), alarms_.end(),
                   [id](const Alarm& one) { return one.id == id; });
  if (alarm != alarms_.end()) return &*alarm;
  return Error(ErrorCode::kNotFound, "there is no such alarm");
}

Result<void> GuardKeeper::MarkTold(const postbounce::MarkTold& mark) {
  const auto alarm = Find(mark.alarm);
  if (!alarm) return alarm.error();
  (*alarm)->told = mark.state;
  if ((*alarm)->state != mark.state) news_.push_back(**alarm);
  return tables_.UpdateAlarm(**alarm);
}

Result<void> GuardKeeper::Resolve(const ResolveAlarm& order,
                                  const GuardPolicy& policy, Timestamp now,
                                  const Touch& touch) {
  const auto alarm = Find(order.alarm);
  if (!alarm) return alarm.error();
  Alarm changed = **alarm;
  changed.state = order.state;
  changed.actor = order.actor;
  changed.why = order.why;
  if (order.state != AlarmState::kOpen) {
    const auto prepared = Prepare(counts_.Missing(changed));
    if (!prepared) return prepared;
    changed.until = KnownEndOf(counts_, changed, alarms_, policy, now);
  }
  return Change(*alarm, changed, touch);
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
