#include "store/applier.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "store/batch_applier.h"
#include "store/event_pruner.h"
#include "store/forgetter.h"
#include "store/order_applier.h"
#include "store/replay_applier.h"

namespace postbounce {
namespace {

// A report that is older does not count any more, whatever a log says; nor
// after policy.proof_window, if that is longer.
constexpr std::chrono::days kAwaitedFor{30};
// What the guard has counted since is lost in a crash, and hardly missed.
constexpr std::uint64_t kBatchesPerFlush = 50;

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

Result<Outcome> Affected(const Result<std::size_t>& count) {
  if (!count) return count.error();
  Outcome outcome;
  outcome.affected = *count;
  return outcome;
}

}  // namespace

// Applies any one write.
class Applier::Item {
 public:
  Item(Applier* applier, const SitePolicy& policy, Timestamp now,
       Timestamp logs_until)
      : applier_(*applier),
        tables_(applier->tables_),
        writer_(applier->writer_),
        now_(now),
        list_(applier->list_),
        guard_(applier->guard_),
        policy_(policy),
        fold_(&applier->tables_, &applier->list_, &applier->guard_, policy,
              now),
        parts_{&applier->tables_, &applier->list_,  &applier->keys_,
               &applier->tracer_, &applier->watch_, &applier->hasher_,
               &applier->guard_,  &policy,          now,
               logs_until},
        orders_(&applier->tables_, &applier->list_, &applier->orders_,
                &applier->keys_, &applier->veil_, &fold_, now),
        replay_(applier->replay_) {}

  Result<Outcome> operator()(const Mail& mail) {
    const auto veiled = applier_.veil_.Over(mail, policy_);
    return Take(veiled ? *veiled : mail);
  }

  Result<Outcome> operator()(const MarkSeen& mark) {
    Outcome outcome;
    for (const MailId mail : mark.mails) {
      const auto marked = tables_.MarkSeen(mail);
      if (!marked) return marked.error();
      outcome.affected += *marked;
      const auto dropped = DropKept(mail);
      if (!dropped) return dropped.error();
    }
    return outcome;
  }

  Result<Outcome> operator()(const MarkForwarded& mark) {
    auto outcome = Affected(tables_.MarkForwarded(mark.mail));
    const auto dropped = DropKept(mark.mail);
    if (!dropped) return dropped.error();
    return outcome;
  }

  Result<Outcome> operator()(const Prune& prune) {
    return Affected(tables_.Prune(prune.kept_before, prune.limit));
  }

  Result<Outcome> operator()(const SharedLogBatch& batch) {
    const auto veiled = applier_.veil_.Over(*batch, policy_);
    return Take(veiled ? *veiled : *batch);
  }

  Result<Outcome> operator()(const PassTime& pass) {
    const auto touch = [this](AddressId address) { fold_.Touch(address); };
    const auto ticked = guard_.Tick(policy_.guard, now_, touch);
    if (!ticked) return ticked.error();
    const auto ripe =
        list_.TakeRipe(now_ - policy_.list.success_settle, now_, pass.limit);
    if (!ripe) return ripe.error();
    std::for_each(ripe->begin(), ripe->end(), touch);
    const auto judged = JudgeDue(parts_, pass.limit, &fold_);
    if (!judged) return judged.error();
    Outcome outcome;
    outcome.affected = std::max(ripe->size(), *judged);
    return Folded(std::move(outcome));
  }

  Result<Outcome> operator()(const ResolveAlarm& unveiled) {
    const ResolveAlarm order = applier_.veil_.Over(unveiled, {});
    fold_.SetActor(order.actor, order.why);
    const auto resolved =
        guard_.Resolve(order, policy_.guard, now_,
                       [this](AddressId address) { fold_.Touch(address); });
    if (!resolved) return resolved.error();
    auto outcome = Folded(Outcome());
    if (outcome) outcome->affected = outcome->changes.size();
    return outcome;
  }

  Result<Outcome> operator()(const MarkTold& mark) {
    const auto marked = guard_.MarkTold(mark);
    if (!marked) return marked.error();
    return Folded(Outcome());
  }

  Result<Outcome> operator()(const PruneLog& prune) {
    return Affected(writer_.Prune(prune.kept_before, prune.lines_before, now_));
  }

  Result<Outcome> operator()(const Order& order) {
    return orders_.Apply(applier_.veil_.Over(order, order.subjects));
  }
  Result<Outcome> operator()(const Import& import) {
    const bool is_plain = !applier_.veil_.hides_all();  // and may be large
    return is_plain ? orders_.Apply(import)
                    : orders_.Apply(applier_.veil_.Over(import, {}));
  }
  Result<Outcome> operator()(const Undo& undo) {
    return orders_.Apply(applier_.veil_.Over(undo, undo.filter.subjects));
  }

  Result<Outcome> operator()(const Replay& replay) {
    const auto applied = ApplyReplay(replay, parts_, &replay_, &fold_);
    if (!applied) return applied.error();
    Outcome outcome;
    outcome.affected = replay.rejudged.size();
    return Folded(std::move(outcome));
  }

  Result<Outcome> operator()(const PruneEvents& prune) {
    ListJudge judge(&list_, &guard_, policy_, now_);
    return Affected(
        EventPruner(&tables_, &list_, &applier_.prune_, &judge)
            .Prune(prune.before - policy_.proof_window, prune.limit));
  }

  Result<Outcome> operator()(const postbounce::Forget& forget) {
    return Forgotten(ForgetterOf().Begin(forget));
  }
  Result<Outcome> operator()(const GoOnForgetting&) {
    return Forgotten(ForgetterOf().GoOn());
  }

 private:
  Result<Outcome> Take(const Mail& mail) {
    const auto known = tables_.FindMail(mail.digest, mail.date);
    if (!known) return known.error();
    Outcome outcome;
    outcome.known = known->has_value();
    outcome.mail = *known;
    MailApplier applier(parts_, &fold_);
    if (*known) {
      const auto learnt = applier.LearnOrigin(**known, mail.facts);
      if (!learnt) return learnt.error();
      return Folded(std::move(outcome));
    }
    const auto added = applier.Add(mail);
    if (!added) return added.error();
    outcome.mail = *added;
    outcome.affected = mail.witnesses.size();
    return Folded(std::move(outcome));
  }

  Result<Outcome> Take(const LogBatch& batch) {
    const auto count = BatchApplier(parts_, &writer_, &fold_).Apply(batch);
    if (!count) return count.error();
    if (++applier_.batches_ % kBatchesPerFlush == 0) {
      const auto flushed = guard_.Flush();
      if (!flushed) return flushed.error();
    }
    Outcome outcome;
    outcome.affected = *count;
    return Folded(std::move(outcome));
  }

  // A hashed store keeps a mail no longer than somebody waits for it.
  Result<void> DropKept(MailId mail) {
    if (!applier_.veil_.hides_all()) return {};
    return applier_.forget_.DropKept(mail);
  }

  Forgetter ForgetterOf() {
    return Forgetter({&tables_, &list_, &applier_.orders_, &applier_.forget_,
                      &writer_, &applier_.veil_, &applier_.keys_, &policy_,
                      now_});
  }

  Result<Outcome> Forgotten(const Result<ForgetReport>& report) {
    if (!report) return report.error();
    applier_.hasher_.Clear();
    Outcome outcome;
    outcome.affected = report->addresses + report->mails + report->messages;
    outcome.forgotten = *report;
    return outcome;
  }

  Result<Outcome> Folded(Outcome outcome) {
    auto changes = fold_.Finish();
    if (!changes) return changes.error();
    outcome.changes = *std::move(changes);
    outcome.alarms = guard_.TakeNews();
    return outcome;
  }

  Applier& applier_;
  Tables& tables_;
  LogWriter& writer_;
  const Timestamp now_;
  ListTables& list_;
  GuardKeeper& guard_;
  const SitePolicy& policy_;
  ListFold fold_;
  const ApplierParts parts_;
  OrderApplier orders_;
  ReplayTables& replay_;
};

Applier::Applier(const Database& database, const AddressKeys* keys)
    : tables_(*database.tables),
      list_(*database.list),
      orders_(*database.orders),
      replay_(*database.replay),
      forget_(*database.forget),
      prune_(*database.prune),
      keys_(*keys),
      hasher_(keys),
      veil_(database.forget, keys, &hasher_),
      writer_(database.logs, keys),
      tracer_(database.logs, &writer_, keys),
      watch_(database.tables, database.list),
      guard_(database.guard, database.list) {}

void Applier::Forget() {
  writer_.Forget();
  tracer_.Forget();
  watch_.RollBack();
  guard_.Forget();
  veil_.Forget();
}

Result<Timestamp> Applier::Prepare(const SitePolicy& policy, Timestamp now) {
  const auto watched = watch_.Load(
      now - std::max<std::chrono::seconds>(kAwaitedFor, policy.proof_window));
  if (!watched) return watched.error();
  const auto veiled = veil_.Load();
  if (!veiled) return veiled.error();
  const auto guarded = guard_.Load();
  if (!guarded) return guarded.error();
  const auto segments = writer_.Segments();
  if (!segments) return segments.error();
  Timestamp until{};
  for (const SegmentInfo& segment : **segments) {
    until = std::max(until, segment.last);
  }
  return until;
}

// One write as an item of its own, which leaves nothing behind if it fails.
Result<Outcome> Applier::ApplyOne(const Write& write, Item* item) {
  const auto begun = tables_.BeginItem();
  if (!begun) return begun.error();
  auto outcome = std::visit(*item, write);
  if (!outcome && IsFatal(outcome.error())) return outcome;
  if (!outcome) Forget();
  const auto ended = outcome ? tables_.KeepItem() : tables_.DropItem();
  // Half an item must never be committed with the others.
  if (!ended) {
    return Error(ErrorCode::kIo, "cannot end an item: " + ended.error().text());
  }
  return outcome;
}

// One transaction, still open when it ends in an error.
Result<std::vector<Result<Outcome>>> Applier::ApplyAll(
    std::span<const Write> writes, Items items, const SitePolicy& policy,
    Timestamp now) {
  const auto begun = tables_.Begin();
  if (!begun) return begun.error();
  watch_.Commit();
  std::vector<Result<Outcome>> outcomes;
  outcomes.reserve(writes.size());
  for (const Write& write : writes) {
    const auto logs_until = Prepare(policy, now);
    if (!logs_until) return logs_until.error();
    Item item(this, policy, now, *logs_until);
    auto outcome = items == Items::kApart ? ApplyOne(write, &item)
                                          : std::visit(item, write);
    const bool is_over =
        !outcome && (items == Items::kTogether || IsFatal(outcome.error()));
    if (is_over) return outcome.error();
    outcomes.push_back(std::move(outcome));
  }
  const auto committed = tables_.Commit();
  if (!committed) return committed.error();
  return outcomes;
}

Result<std::vector<Result<Outcome>>> Applier::Apply(
    std::span<const Write> writes, const SitePolicy& policy, Timestamp now) {
  const auto roll_back = [&] {
    tables_.Rollback();
    Forget();
  };
  // To be able to drop one item alone costs a third more, and next to never
  // does one fail: it is paid for only when the group has failed without.
  auto outcomes = ApplyAll(writes, Items::kTogether, policy, now);
  if (!outcomes && !IsFatal(outcomes.error())) {
    roll_back();
    outcomes = ApplyAll(writes, Items::kApart, policy, now);
  }
  if (!outcomes) roll_back();
  return outcomes;
}

}  // namespace postbounce
