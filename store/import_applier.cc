#include <algorithm>
#include <utility>

#include "store/decide.h"
#include "store/order_applier.h"

namespace postbounce {
namespace {

std::optional<Timestamp> WholeSecond(std::optional<Timestamp> time) {
  if (!time) return time;
  return std::chrono::ceil<std::chrono::seconds>(*time);
}

bool IsSuppressed(const Decision& decision) {
  return decision.state == ListState::kActive;
}

// What a row does not tell may be as it is.
bool IsKnown(const Imported& row, const Decision& decision) {
  return IsSuppressed(decision) &&
         (row.reason == Reason::kUnknown || row.reason == decision.reason) &&
         (!row.until || WholeSecond(row.until) == decision.until);
}

}  // namespace

// What the list says now, with what was folded within this item.
Result<Decision> OrderApplier::DecisionOf(AddressId address,
                                          const std::string& scope) {
  const auto all = list_.Decisions(address);
  if (!all) return all.error();
  for (Decision decision : *all) {
    if (decision.scope != scope) continue;
    decision.state = StateAt(decision, now_);
    return decision;
  }
  Decision none;
  none.scope = scope;
  return none;
}

// Each is folded before the next: a file may tell of an address more than once,
// and places on the list are to have the order of its rows. Of a million, no
// more is kept than the index has to know.
Result<void> OrderApplier::Take(const Import& import, const Imported& row,
                                ImportReport* report) {
  const auto interned =
      tables_.InternAddress(KeyOf(row.subject), veil_.TextOf(row.subject));
  if (!interned) return interned.error();
  const auto before = DecisionOf(interned->id, row.scope);
  if (!before) return before.error();
  if (IsKnown(row, *before)) {
    ++report->known;
    return {};
  }
  StoredOrder order;
  order.actor = import.actor;
  order.why = import.why;
  if (!report->action) {
    order.kind = OrderKind::kImport;
    order.time = now_;
    const auto set = orders_.InsertOrder(std::nullopt, order);
    if (!set) return set.error();
    report->action = *set;
  }
  order.kind = OrderKind::kSuppress;
  order.import = report->action;
  order.time = std::min(row.since.value_or(now_), now_);
  order.scope = row.scope;
  order.reason = row.reason;
  order.until = WholeSecond(row.until);
  const auto inserted = orders_.InsertOrder(interned->id, order);
  if (!inserted) return inserted.error();
  fold_.Touch(interned->id);
  const auto changes = fold_.Finish();
  if (!changes) return changes.error();
  changes_.insert(changes_.end(), changes->begin(), changes->end());
  const auto after = DecisionOf(interned->id, row.scope);
  if (!after) return after.error();
  const bool is_new = !IsSuppressed(*before) && IsSuppressed(*after);
  const bool is_known = !is_new && *after == *before;
  ++(is_new ? report->added : is_known ? report->known : report->changed);
  return {};
}

Result<Outcome> OrderApplier::Really(const Import& import) {
  if (import.rows.size() > kMaxImported) {
    return Error(ErrorCode::kLimit, "too many addresses to import at once");
  }
  fold_.SetActor(import.actor, import.why);
  ImportReport report;
  for (const Imported& row : import.rows) {
    const auto taken = Take(import, row, &report);
    if (!taken) return taken.error();
  }
  Outcome outcome;
  outcome.affected = report.added + report.changed;
  outcome.changes = std::move(changes_);
  outcome.imported = report;
  return outcome;
}

}  // namespace postbounce
