#include "store/applier.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "store/decide.h"

namespace postbounce {
namespace {

// An error of the database itself: no later item would fare better.
bool IsFatal(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kCorrupt:
    case ErrorCode::kIo:
      return true;
    case ErrorCode::kSyntax:
    case ErrorCode::kLimit:
    case ErrorCode::kNotFound:
    case ErrorCode::kConflict:
      return false;
  }
  return true;
}

// Stores one mail that is not known yet.
class MailApplier {
 public:
  MailApplier(Tables* tables, const AddressKeys& keys, const Mail& mail,
              Timestamp now)
      : tables_(*tables),
        keys_(keys),
        mail_(mail),
        now_(now),
        links_(LinksOf(mail)),
        // A report cannot be of a time after it came, whatever it says. Nor of
        // one that is still to come: the clock may have been set back since.
        time_(std::min({mail.date, mail.received, now})) {}

  Result<Outcome> Apply();
  // The mail is known; from now on its events count.
  Result<Outcome> LetCount(MailId id);

 private:
  // An address that this mail speaks of. `events` are those that share a link
  // with the mail, and those that its own witnesses have made: two blocks of
  // one report for one address are one event, even without any link.
  struct Touched {
    Key128 key{};
    std::vector<Event> events;
    // A decisive event has come or changed: all that moves the list.
    bool is_moved = false;
  };

  Result<void> AddWitness(MailId id, const Witness& witness);
  Result<Event> JoinEvents(AddressId address, const Witness& witness,
                           Touched* touched);
  Result<void> Fold(AddressId address, const Touched& touched,
                    Outcome* outcome);

  Tables& tables_;
  const AddressKeys& keys_;
  const Mail& mail_;
  const Timestamp now_;
  const std::vector<Link> links_;
  const Timestamp time_;
  std::map<AddressId, Touched> touched_;
};

Result<Outcome> MailApplier::Apply() {
  const auto id = tables_.InsertMail(mail_);
  if (!id) return id.error();
  for (const Witness& witness : mail_.witnesses) {
    const auto added = AddWitness(*id, witness);
    if (!added) return added.error();
  }
  Outcome outcome;
  outcome.mail = *id;
  outcome.affected = mail_.witnesses.size();
  for (const auto& [address, touched] : touched_) {
    if (!touched.is_moved) continue;
    const auto folded = Fold(address, touched, &outcome);
    if (!folded) return folded.error();
  }
  return outcome;
}

Result<Outcome> MailApplier::LetCount(MailId id) {
  Outcome outcome;
  outcome.known = true;
  outcome.mail = id;
  const auto changed = tables_.LetCount(id);
  if (!changed) return changed.error();
  if (*changed == 0) return outcome;
  for (const Witness& witness : mail_.witnesses) {
    if (!witness.mailed) continue;
    Touched touched;
    touched.key = keys_.KeyOf(*witness.mailed);
    const auto interned =
        tables_.InternAddress(touched.key, witness.mailed->ToString());
    if (!interned) return interned.error();
    const auto folded = Fold(interned->id, touched, &outcome);
    if (!folded) return folded.error();
  }
  return outcome;
}

Result<void> MailApplier::AddWitness(MailId id, const Witness& witness) {
  if (!witness.mailed) {
    return tables_.InsertWitness(id, std::nullopt, std::nullopt, witness);
  }
  const Key128 key = keys_.KeyOf(*witness.mailed);
  const auto interned = tables_.InternAddress(key, witness.mailed->ToString());
  if (!interned) return interned.error();
  const AddressId address = interned->id;

  const auto [place, is_first] = touched_.try_emplace(address);
  Touched& touched = place->second;
  if (is_first) touched.key = key;
  if (is_first && !interned->is_new) {
    auto found = tables_.FindEvents(address, links_);
    if (!found) return found.error();
    touched.events = std::move(*found);
  }
  const auto event = JoinEvents(address, witness, &touched);
  if (!event) return event.error();
  return tables_.InsertWitness(id, address, event->id, witness);
}

Result<Event> MailApplier::JoinEvents(AddressId address, const Witness& witness,
                                      Touched* touched) {
  Event event = EventOf(witness, time_, mail_.counts);
  const std::vector<Event> same = Correlate(witness, touched->events);
  if (same.empty()) {
    const auto id = tables_.InsertEvent(address, event);
    if (!id) return id.error();
    event.id = *id;
  } else {
    event = Revise(same.front(), event);
    for (const Event& other : std::span(same).subspan(1)) {
      event = Revise(event, other);
      const auto merged = tables_.MergeEvent(other.id, event.id);
      if (!merged) return merged.error();
    }
    if (event != same.front()) {
      const auto updated = tables_.UpdateEvent(event);
      if (!updated) return updated.error();
    }
    std::erase_if(touched->events, [&](const Event& known) {
      return std::any_of(same.begin(), same.end(),
                         [&](const Event& one) { return one.id == known.id; });
    });
  }
  touched->events.push_back(event);
  // A decisive event stays one, since nothing outweighs it: see Revise().
  touched->is_moved |= IsDecisive(event);
  const auto linked = tables_.InsertLinks(address, event.id, links_);
  if (!linked) return linked.error();
  return event;
}

Result<void> MailApplier::Fold(AddressId address, const Touched& touched,
                               Outcome* outcome) {
  const auto before = tables_.CurrentDecision(address);
  if (!before) return before.error();
  const auto events = tables_.DecisiveEvents(address, kDecisiveEvents);
  if (!events) return events.error();
  const Decision after = Decide(*events, now_);
  if (after == *before) return {};

  const auto written = tables_.WriteDecision(address, after);
  if (!written) return written.error();
  const auto logged = tables_.AppendChange({now_, address, *before, after});
  if (!logged) return logged.error();
  outcome->changes.push_back({touched.key, after.state, after.until});
  return {};
}

// Applies any one write.
class ItemApplier {
 public:
  ItemApplier(const Database& database, const AddressKeys& keys, Timestamp now)
      : tables_(*database.tables), logs_(database), keys_(keys), now_(now) {}

  Result<Outcome> operator()(const Mail& mail) const {
    const auto known = tables_.FindMail(mail.digest, mail.date);
    if (!known) return known.error();
    if (*known && mail.kind == MailKind::kLogLine && mail.counts) {
      return MailApplier(&tables_, keys_, mail, now_).LetCount(**known);
    }
    if (*known) {
      Outcome outcome;
      outcome.known = true;
      outcome.mail = **known;
      return outcome;
    }
    return MailApplier(&tables_, keys_, mail, now_).Apply();
  }

  Result<Outcome> operator()(const MarkSeen& mark) const {
    Outcome outcome;
    for (const MailId mail : mark.mails) {
      const auto marked = tables_.MarkSeen(mail);
      if (!marked) return marked.error();
      outcome.affected += *marked;
    }
    return outcome;
  }

  Result<Outcome> operator()(const MarkForwarded& mark) const {
    return Affected(tables_.MarkForwarded(mark.mail));
  }

  Result<Outcome> operator()(const Prune& prune) const {
    return Affected(tables_.Prune(prune.kept_before, prune.limit));
  }

  Result<Outcome> operator()(const SharedLogBatch& shared) const {
    const LogBatch& batch = *shared;
    const auto is_new = logs_.writer->Store(batch, now_);
    if (!is_new) return is_new.error();
    Outcome outcome;
    outcome.affected = is_new->count();
    for (const LogFailure& failure : batch.failures) {
      // One that is known may count from now on: a preview was applied.
      const bool is_known = !is_new->At(failure.message, failure.attempt);
      if (is_known && !failure.account.counts) continue;
      auto one = (*this)(failure.account);
      if (!one) return one;
      std::move(one->changes.begin(), one->changes.end(),
                std::back_inserter(outcome.changes));
    }
    return outcome;
  }

  Result<Outcome> operator()(const PruneLog& prune) const {
    return Affected(
        logs_.writer->Prune(prune.kept_before, prune.lines_before, now_));
  }

 private:
  static Result<Outcome> Affected(const Result<std::size_t>& count) {
    if (!count) return count.error();
    Outcome outcome;
    outcome.affected = *count;
    return outcome;
  }

  Tables& tables_;
  const Database& logs_;
  const AddressKeys& keys_;
  const Timestamp now_;
};

// One write as an item of its own, which leaves nothing behind if it fails.
Result<Outcome> ApplyItem(const Database& database, const ItemApplier& applier,
                          const Write& write) {
  Tables* const tables = database.tables;
  const auto begun = tables->BeginItem();
  if (!begun) return begun.error();
  auto outcome = std::visit(applier, write);
  if (!outcome && IsFatal(outcome.error())) return outcome;
  if (!outcome) database.writer->Forget();
  const auto ended = outcome ? tables->KeepItem() : tables->DropItem();
  // Half an item must never be committed with the others.
  if (!ended) {
    return Error(ErrorCode::kIo, "cannot end an item: " + ended.error().text());
  }
  return outcome;
}

enum class Items { kTogether, kApart };

// One transaction, still open when it ends in an error.
Result<std::vector<Result<Outcome>>> ApplyAll(const Database& database,
                                              const ItemApplier& applier,
                                              std::span<const Write> writes,
                                              Items items) {
  Tables* const tables = database.tables;
  const auto begun = tables->Begin();
  if (!begun) return begun.error();
  std::vector<Result<Outcome>> outcomes;
  outcomes.reserve(writes.size());
  for (const Write& write : writes) {
    auto outcome = items == Items::kApart ? ApplyItem(database, applier, write)
                                          : std::visit(applier, write);
    const bool is_over =
        !outcome && (items == Items::kTogether || IsFatal(outcome.error()));
    if (is_over) return outcome.error();
    outcomes.push_back(std::move(outcome));
  }
  const auto committed = tables->Commit();
  if (!committed) return committed.error();
  return outcomes;
}

}  // namespace

Result<std::vector<Result<Outcome>>> ApplyWrites(const Database& database,
                                                 const AddressKeys& keys,
                                                 std::span<const Write> writes,
                                                 Timestamp now) {
  // To be able to drop one item alone costs a third more, and next to never
  // does one fail: it is paid for only when the group has failed without.
  const ItemApplier applier(database, keys, now);
  const auto roll_back = [&] {
    database.tables->Rollback();
    database.writer->Forget();
  };
  auto outcomes = ApplyAll(database, applier, writes, Items::kTogether);
  if (!outcomes && !IsFatal(outcomes.error())) {
    roll_back();
    outcomes = ApplyAll(database, applier, writes, Items::kApart);
  }
  if (!outcomes) roll_back();
  return outcomes;
}

}  // namespace postbounce
