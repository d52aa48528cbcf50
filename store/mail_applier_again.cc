// What is done with mails that are stored already, when more is known of them.
#include <map>
#include <utility>

#include "store/correlate.h"
#include "store/decide.h"
#include "store/mail_applier.h"

namespace postbounce {

Result<std::size_t> MailApplier::JudgeAgain(MailId id) {
  auto known = tables_.LoadMail(id);
  if (!known) return known.error();
  std::vector<Witness> witnesses;
  for (const BoundWitness& bound : known->witnesses) {
    witnesses.push_back(bound.witness);
    if (bound.witness.reported)
      witnesses.back().mailed = bound.witness.reported;
  }
  const auto proven = ProveAll(known->mail, witnesses);
  if (!proven) return proven.error();
  const auto moved = MoveAll(id, &*known, *proven);
  // Else it goes on waiting for the same ids.
  if (!moved || !IsFinal(*proven)) return moved;
  parts_.watch->Release(id, AwaitedIds(known->mail.facts));
  const auto released = tables_.SetAwaited(id, {});
  if (!released) return released.error();
  return moved;
}

Result<void> MailApplier::LearnOrigin(MailId id, const Facts& facts) {
  if (!facts.is_local_origin && facts.client_address.empty()) return {};
  auto known = tables_.LoadMail(id);
  if (!known) return known.error();
  Facts& kept = known->mail.facts;
  const bool is_news = facts.is_local_origin || kept.client_address.empty();
  if (kept.is_local_origin || !is_news) return {};
  kept.is_local_origin = facts.is_local_origin;
  kept.client_name = facts.client_name;
  kept.client_address = facts.client_address;
  const auto updated = tables_.UpdateFacts(id, kept);
  if (!updated) return updated;
  const auto judged = JudgeAgain(id);
  if (!judged) return judged.error();
  return {};
}

Result<void> MailApplier::Rebind(MailId id, const Mail& account) {
  auto known = tables_.LoadMail(id);
  if (!known) return known.error();
  std::vector<Proven> proven;
  for (const BoundWitness& bound : known->witnesses) {
    Proven& one = proven.emplace_back();
    one.binding = account.witnesses.at(bound.witness.ordinal).binding;
    // It was clamped when it was read first.
    one.binding.time = bound.witness.binding.time;
    const auto standing = StandingOfLine(account, one.binding.standing);
    if (!standing) return standing.error();
    one.binding.standing = *standing;
  }
  const auto moved = MoveAll(id, &*known, proven);
  if (!moved) return moved.error();
  return {};
}

Result<void> MailApplier::Rebuild(AddressId address, const Event& before) {
  const auto witnesses = tables_.WitnessesOf(before.id);
  if (!witnesses) return witnesses.error();
  if (witnesses->empty()) return {};
  Event event = EventOf(*witnesses);
  event.id = before.id;
  event.is_void = before.is_void;
  const auto updated = tables_.UpdateEvent(event);
  if (!updated) return updated;
  fold_.Touch(address);
  const auto& mailed = witnesses->front().mailed;
  if (!mailed) return {};  // a text that is no address any more
  return Weigh(address, *mailed, event, IsDecisive(before));
}

// Witnesses whose binding has changed tell of other events, they may be of
// other addresses. All leave before one is placed, so that each event is put
// together once, however many blocks of the report tell of it.
Result<std::size_t> MailApplier::MoveAll(MailId id, KnownMail* known,
                                         std::span<const Proven> proven) {
  std::vector<Moving> all;
  std::map<EventId, Left> left;
  for (std::size_t i = 0; i < known->witnesses.size(); ++i) {
    BoundWitness* const bound = &known->witnesses[i];
    Moving moving{bound, bound->event};
    if (!Bind(proven[i], &moving)) continue;
    if (bound->event)
      left.try_emplace(*bound->event, Left{*bound->address, {}});
    bound->event.reset();
    const auto detached = tables_.UpdateWitness(id, *bound);
    if (!detached) return detached.error();
    all.push_back(moving);
  }
  std::size_t looked_at = known->witnesses.size();
  for (auto& [event, one] : left) {
    const auto others = Leave(event, &one);
    if (!others) return others;
    looked_at += *others;
  }
  for (const Moving& moving : all) {
    const auto placed = Place(known->mail, moving.bound);
    if (!placed) return placed.error();
    // It is the same failure, which was undone.
    if (moving.is_same_address && moving.from && moving.bound->event) {
      const auto undone =
          tables_.AddUndos(*moving.bound->event, left.at(*moving.from).undos);
      if (!undone) return undone.error();
    }
    const auto updated = tables_.UpdateWitness(id, *moving.bound);
    if (!updated) return updated.error();
  }
  return looked_at;
}

// False if nothing has changed.
bool MailApplier::Bind(const Proven& proven, Moving* moving) const {
  Witness& witness = moving->bound->witness;
  const auto& mailed = proven.mailed ? proven.mailed : witness.reported;
  moving->is_same_address =
      !mailed || (witness.mailed && parts_.keys->KeyOf(*mailed) ==
                                        parts_.keys->KeyOf(*witness.mailed));
  if (moving->is_same_address && proven.binding == witness.binding) {
    return false;
  }
  witness.binding = proven.binding;
  if (!moving->is_same_address) witness.mailed = mailed;
  return true;
}

// The event is what its other witnesses say. How many these are.
Result<std::size_t> MailApplier::Leave(EventId left, Left* what) {
  fold_.Touch(what->address);
  const auto touched = TouchDomain(left);
  if (!touched) return touched.error();
  auto undos = tables_.UndosOf(left);
  if (!undos) return undos.error();
  what->undos = *std::move(undos);
  const auto others = tables_.WitnessesOf(left);
  if (!others) return others.error();
  if (others->empty()) {
    const auto deleted = tables_.DeleteEvent(left);
    if (!deleted) return deleted.error();
    return std::size_t{0};
  }
  Event event = EventOf(*others);
  event.id = left;
  const auto updated = tables_.UpdateEvent(event);
  if (!updated) return updated.error();
  return others->size();
}

}  // namespace postbounce
