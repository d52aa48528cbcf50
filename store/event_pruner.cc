#include "store/event_pruner.h"

#include "store/decide.h"

namespace postbounce {
namespace {

// An undo of an undo may make it count again; and of what has failed after it
// was taken no delivery is believed.
bool MustStay(const PruneTables::Kept& kept) {
  return kept.has_witness || kept.was_undone || kept.event.after_acceptance;
}

}  // namespace

Result<std::size_t> EventPruner::Prune(Timestamp before, std::size_t limit) {
  const auto mails = prune_.MailsBefore(before, limit);
  if (!mails) return mails.error();
  for (const MailId mail : *mails) {
    const auto pruned = PruneMail(mail);
    if (!pruned) return pruned.error();
  }
  for (const AddressId address : touched_) {
    const auto pruned = PruneFailures(address);
    if (!pruned) return pruned.error();
  }
  touched_.clear();
  return mails->size();
}

Result<void> EventPruner::PruneMail(MailId mail) {
  const auto known = tables_.LoadMail(mail);
  if (!known) return known.error();
  std::set<EventId> events;
  for (const BoundWitness& bound : known->witnesses) {
    if (bound.event) events.insert(*bound.event);
  }
  const auto deleted = prune_.DeleteMail(mail);
  if (!deleted) return deleted;
  for (const EventId event : events) {
    const auto pruned = PruneEvent(event);
    if (!pruned) return pruned;
  }
  return {};
}

Result<void> EventPruner::PruneEvent(EventId event) {
  const auto kept = prune_.LoadEvent(event);
  if (!kept) return kept.error();
  if (!*kept || (*kept)->has_witness) return {};
  Event counted = (*kept)->event;
  counted.is_void = false;
  if (!IsDecisive(counted)) return tables_.DeleteEvent(event);
  touched_.insert((*kept)->address);
  return {};
}

Result<void> EventPruner::PruneFailures(AddressId address) {
  const auto events = list_.DecisiveEvents(address, kDecisiveEvents);
  if (!events) return events.error();
  std::set<EventId> old;
  std::set<AddressId> domains;
  for (const Event& event : *events) {
    const auto kept = prune_.LoadEvent(event.id);
    if (!kept) return kept.error();
    if (!*kept || MustStay(**kept)) continue;
    old.insert(event.id);
    if ((*kept)->domain) domains.insert(*(*kept)->domain);
  }
  if (old.empty()) return {};
  auto is_same = judge_.IsSameWithout(address, old);
  for (auto domain = domains.begin();
       is_same && *is_same && domain != domains.end(); ++domain) {
    is_same = judge_.IsDomainSameWithout(*domain, old);
  }
  if (!is_same) return is_same.error();
  if (!*is_same) return {};
  for (const EventId event : old) {
    const auto deleted = tables_.DeleteEvent(event);
    if (!deleted) return deleted;
  }
  return {};
}

}  // namespace postbounce
