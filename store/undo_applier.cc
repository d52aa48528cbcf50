// What OrderApplier does with an undo as a whole.
#include <string>
#include <utility>

#include "store/order_applier.h"

namespace postbounce {
namespace {

// Whether it says more than which action.
bool IsNarrowed(const UndoFilter& filter) {
  return filter.since || filter.until || filter.reason || filter.scope ||
         filter.source || !filter.rule.empty() ||
         !filter.ascii_domain.empty() || !filter.actor.empty() ||
         !filter.subjects.empty();
}

std::string Numbered(ActionId action) {
  return "action " + std::to_string(static_cast<std::int64_t>(action));
}

}  // namespace

Result<Outcome> OrderApplier::Really(const Undo& undo) {
  fold_.SetActor(undo.actor, undo.why);
  bool is_undo = false;
  bool is_import = false;
  if (undo.filter.action) {
    const auto before = orders_.LoadOrder(*undo.filter.action);
    if (!before) return before.error();
    if (before->voided_by) {
      return Error(ErrorCode::kNotFound, Numbered(before->id) +
                                             " was undone before, by " +
                                             Numbered(*before->voided_by));
    }
    if (before->kind == OrderKind::kForget) {
      return Error(ErrorCode::kConflict,
                   "what was forgotten cannot be brought back: " +
                       Numbered(before->id) + " has left nothing of it");
    }
    is_undo = before->kind == OrderKind::kUndo;
    is_import = before->kind == OrderKind::kImport;
  }
  UndoReport report;
  const auto done = is_undo ? Restore(undo, &report) : TakeBack(undo, &report);
  if (!done) return done.error();
  if (is_import && report.action && !IsNarrowed(undo.filter)) {
    const auto voided = orders_.VoidOrder(*undo.filter.action, *report.action);
    if (!voided) return voided.error();
  }
  auto outcome = Finish(&report);
  if (outcome) outcome->undone = std::move(report);
  return outcome;
}

Result<ActionId> OrderApplier::WriteUndo(const Undo& undo) {
  StoredOrder stored;
  stored.kind = OrderKind::kUndo;
  stored.time = now_;
  stored.actor = undo.actor;
  stored.why = undo.why;
  return orders_.InsertOrder(std::nullopt, stored);
}

Result<void> OrderApplier::Restore(const Undo& undo, UndoReport* report) {
  if (IsNarrowed(undo.filter)) {
    return Error(ErrorCode::kSyntax,
                 Numbered(*undo.filter.action) +
                     " is an undo, which is undone as a whole");
  }
  const auto by = WriteUndo(undo);
  if (!by) return by.error();
  report->action = *by;
  const auto voided = orders_.VoidOrder(*undo.filter.action, *by);
  if (!voided) return voided;
  // If it had taken back an undo, that is in force again, and so on.
  std::optional<ActionId> turned = undo.filter.action;
  while (turned) {
    const auto touched = orders_.EachUndone(
        *turned, [this](AddressId address) { Touch(address); });
    if (!touched) return touched;
    const auto undone = orders_.Turn(*turned);
    if (!undone) return undone.error();
    report->orders += undone->orders;
    report->failures += undone->failures;
    const auto next = orders_.UndoneUndo(*turned);
    if (!next) return next.error();
    turned = *next;
  }
  return {};
}

}  // namespace postbounce
