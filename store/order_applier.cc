#include "store/order_applier.h"

#include <algorithm>
#include <string>
#include <utility>

#include "store/decide.h"

namespace postbounce {
namespace {

// So often another failure may come to decide.
constexpr int kMaxRounds = 10;

bool WantsOrders(const UndoFilter& filter) {
  return filter.rule.empty() &&
         filter.source.value_or(ChangeSource::kOperator) ==
             ChangeSource::kOperator;
}

bool WantsFailures(const UndoFilter& filter) {
  return filter.actor.empty() && !filter.action &&
         filter.source != ChangeSource::kOperator;
}

bool IsIn(const std::string& domain, const std::string& text) {
  const auto subject = Subject::Parse(text);
  return subject && subject->ascii_domain() == domain;
}

}  // namespace

Key128 OrderApplier::KeyOf(const Subject& subject) const {
  return subject.is_domain() ? keys_.KeyOfDomain(subject.ascii_domain())
                             : keys_.KeyOf(*subject.address());
}

void OrderApplier::Touch(AddressId address) {
  touched_.insert(address);
  fold_.Touch(address);
}

Result<Outcome> OrderApplier::Apply(const Order& order) {
  StoredOrder stored;
  stored.kind = order.kind;
  stored.time = now_;
  stored.scope = order.scope;
  stored.reason = order.reason;
  if (order.until) {
    stored.until = std::chrono::ceil<std::chrono::seconds>(*order.until);
  }
  stored.actor = order.actor;
  stored.why = order.why;
  fold_.SetActor(order.actor, order.why);
  for (const Subject& subject : order.subjects) {
    const auto interned =
        tables_.InternAddress(KeyOf(subject), veil_.TextOf(subject));
    if (!interned) return interned.error();
    const auto inserted = orders_.InsertOrder(interned->id, stored);
    if (!inserted) return inserted.error();
    Touch(interned->id);
  }
  return Finish(nullptr);
}

template <class Some>
Result<Outcome> OrderApplier::Try(const Some& order) {
  if (!order.dry_run) return Really(order);
  const auto begun = tables_.BeginItem();
  if (!begun) return begun.error();
  auto outcome = Really(order);
  const auto dropped = tables_.DropItem();
  if (!dropped) return dropped.error();
  if (!outcome) return outcome;
  outcome->changes.clear();
  if (outcome->undone) outcome->undone->action = std::nullopt;
  if (outcome->imported) outcome->imported->action = std::nullopt;
  return outcome;
}

Result<Outcome> OrderApplier::Apply(const Undo& undo) { return Try(undo); }

Result<Outcome> OrderApplier::Apply(const Import& import) {
  return Try(import);
}

Result<std::vector<Undoable>> OrderApplier::Select(const UndoFilter& filter,
                                                   Of what) const {
  std::vector<Key128> keys;
  for (const Subject& subject : filter.subjects) {
    keys.push_back(KeyOf(subject));
  }
  std::sort(keys.begin(), keys.end());
  std::vector<Undoable> found;
  const auto add = [&](const Undoable& one) {
    const bool fits =
        found.size() <= kMaxUndone &&
        (keys.empty() ||
         std::binary_search(keys.begin(), keys.end(), one.key)) &&
        (filter.ascii_domain.empty() || IsIn(filter.ascii_domain, one.subject));
    if (fits) found.push_back(one);
  };
  const auto read = what == Of::kOrders ? orders_.EachOrder(filter, add)
                                        : orders_.EachCause(filter, now_, add);
  if (!read) return read.error();
  if (found.size() > kMaxUndone) {
    return Error(ErrorCode::kLimit,
                 "this would undo more than " + std::to_string(kMaxUndone) +
                     " changes at once: undo less at a time");
  }
  return found;
}

Result<void> OrderApplier::TakeBack(const Undo& undo, UndoReport* report) {
  if (WantsOrders(undo.filter)) {
    const auto taken = TakeBack(undo, Of::kOrders, report);
    if (!taken) return taken;
  }
  if (!WantsFailures(undo.filter)) return {};
  // Without what decided, another failure may decide, in its turn.
  for (int round = 0; round < kMaxRounds; ++round) {
    const auto folded = Fold();
    if (!folded) return folded;
    const std::size_t before = report->failures;
    const auto taken = TakeBack(undo, Of::kFailures, report);
    if (!taken) return taken;
    if (report->failures == before) break;
  }
  return {};
}

Result<void> OrderApplier::TakeBack(const Undo& undo, Of what,
                                    UndoReport* report) {
  const auto all = Select(undo.filter, what);
  if (!all) return all.error();
  for (const Undoable& one : *all) {
    const auto fits =
        one.order ? Result<bool>(true) : Fits(undo.filter, one.failure);
    if (!fits) return fits.error();
    if (!*fits) continue;
    if (!report->action) {
      const auto by = WriteUndo(undo);
      if (!by) return by.error();
      report->action = *by;
    }
    Touch(one.address);
    if (one.order) ++report->orders;
    const auto taken =
        one.order ? orders_.VoidOrder(*one.order, *report->action)
                  : TakeBackFailures(undo.filter, one, *report->action, report);
    if (!taken) return taken;
  }
  return {};
}

// All that speaks against the address, or the domain.
Result<std::vector<Event>> OrderApplier::FailuresOf(
    const Undoable& cause) const {
  if (!cause.subject.starts_with('@')) {
    return list_.DecisiveEvents(cause.address, kDecisiveEvents);
  }
  auto failures = list_.DomainFailures(cause.address, kDecisiveEvents);
  if (!failures) return failures.error();
  std::vector<Event> events;
  for (DomainFailure& failure : *failures) {
    events.push_back(std::move(failure.event));
  }
  return events;
}

// The failure that decided, and those after it: with the first alone gone, the
// next would decide.
Result<void> OrderApplier::TakeBackFailures(const UndoFilter& filter,
                                            const Undoable& cause, ActionId by,
                                            UndoReport* report) {
  const auto events = FailuresOf(cause);
  if (!events) return events.error();
  std::vector<EventId> failures = {cause.failure};
  for (const Event& event : *events) {
    const bool may_follow =
        event.id != cause.failure && IsDecisive(event) &&
        event.time >= cause.failed &&
        (!filter.until || event.time < *filter.until) &&
        (!filter.reason || event.reason == *filter.reason) &&
        (!filter.scope || filter.scope->empty() ||
         event.scope == *filter.scope);
    if (!may_follow) continue;
    const auto fits = Fits(filter, event.id);
    if (!fits) return fits.error();
    if (*fits) failures.push_back(event.id);
  }
  for (const EventId failure : failures) {
    const auto voided = orders_.VoidFailure(failure, by);
    if (!voided) return voided.error();
    report->failures += *voided;
    const auto touched = orders_.EachBlamed(
        failure, [this](AddressId blamed) { Touch(blamed); });
    if (!touched) return touched;
  }
  return {};
}

Result<bool> OrderApplier::Fits(const UndoFilter& filter,
                                EventId failure) const {
  if (filter.rule.empty() && !filter.source) return true;
  return orders_.HasAccount(failure, filter.rule, filter.source);
}

Result<void> OrderApplier::Fold() {
  fold_.Watch([this](const Change& change) {
    const auto [place, is_new] =
        places_.try_emplace(std::make_pair(change.address, change.after.scope),
                            Revision{change.before, change.after});
    if (!is_new) place->second.after = change.after;
  });
  auto changes = fold_.Finish();
  fold_.Watch(nullptr);
  if (!changes) return changes.error();
  changes_.insert(changes_.end(), changes->begin(), changes->end());
  return {};
}

Result<Outcome> OrderApplier::Finish(UndoReport* report) {
  const auto folded = Fold();
  if (!folded) return folded.error();
  Outcome outcome;
  std::set<AddressId> changed;
  for (auto& [place, revision] : places_) {
    auto& [before, after] = revision;
    before.state = StateAt(before, now_);
    if (before == after) continue;
    changed.insert(place.first);
    if (report == nullptr) continue;
    ++outcome.affected;
    if (report->effects.size() >= kShownEffects) continue;
    auto text = list_.TextOf(place.first);
    if (!text) return text.error();
    report->effects.push_back({*std::move(text), before, after, std::nullopt});
  }
  for (const AddressId address : touched_) {
    const auto is_changed = FoldAllowance(address, report);
    if (!is_changed) return is_changed.error();
    if (!*is_changed) continue;
    changed.insert(address);
    if (report != nullptr) ++outcome.affected;
  }
  if (report == nullptr) outcome.affected = changed.size();
  outcome.changes = std::move(changes_);
  return outcome;
}

Result<bool> OrderApplier::FoldAllowance(AddressId address,
                                         UndoReport* report) {
  const auto before = orders_.WrittenAllowance(address);
  if (!before) return before.error();
  const auto after = orders_.OrderedAllowance(address);
  if (!after) return after.error();
  if (*after == *before) return false;
  const auto written = orders_.WriteAllowance(address, *after);
  if (!written) return written.error();
  const auto noted = fold_.NoteAllowance(address, *after);
  if (!noted) return noted.error();
  const auto key = tables_.KeyOf(address);
  if (!key) return key.error();
  changes_.push_back({*key, "", *after ? ListState::kActive : ListState::kNone,
                      *after ? (*after)->until : std::nullopt, true});
  if (report == nullptr || report->effects.size() >= kShownEffects) return true;
  auto text = list_.TextOf(address);
  if (!text) return text.error();
  report->effects.push_back({*std::move(text), {}, {}, after->has_value()});
  return true;
}

}  // namespace postbounce
