#include "store/sqlite/sqlite_order_tables.h"

#include <algorithm>

#include "store/codec.h"

namespace postbounce {
namespace {

std::string TurnRows(const std::string& table, const std::string& is_failure) {
  return "UPDATE " + table + " SET voided_by = " + UndoOf(table) +
         " WHERE id IN (SELECT what FROM undone"
         "  WHERE undo = ?1 AND is_failure = " +
         is_failure + ")";
}

std::optional<Allowance> AllowanceOfRow(Run* row) {
  return Allowance{ActionId{row->Int(0)}, TimeOrNone(row, 1)};
}

std::optional<std::string> Unless(const std::string& empty) {
  return empty.empty() ? std::nullopt : std::optional(empty);
}

}  // namespace

StoredOrder StoredOrderOfRow(Run* row, int first_column) {
  StoredOrder order;
  order.id = ActionId{row->Int(first_column)};
  order.kind = static_cast<OrderKind>(row->Int(first_column + 1));
  order.time = row->Time(first_column + 2);
  order.subject = row->Bytes(first_column + 3);
  order.scope = row->Bytes(first_column + 4);
  order.reason = ReasonFromStored(row->Int(first_column + 5));
  order.until = TimeOrNone(row, first_column + 6);
  order.actor = row->Bytes(first_column + 7);
  order.why = row->Bytes(first_column + 8);
  if (!row->IsNull(first_column + 9)) {
    order.voided_by = ActionId{row->Int(first_column + 9)};
  }
  if (!row->IsNull(first_column + 10)) {
    order.import = ActionId{row->Int(first_column + 10)};
  }
  return order;
}

SqliteOrderTables::SqliteOrderTables(SQLite::Database* database)
    : database_(*database),
      insert_order_(*database,
                    "INSERT INTO action(time, kind, actor, why, address, scope,"
                    " reason, until, import)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      load_order_(*database, std::string("SELECT ") + kOrderColumns +
                                 " FROM action AS o"
                                 " LEFT JOIN address AS s ON s.id = o.address"
                                 " WHERE o.id = ?"),
      ordered_allowance_(*database,
                         "SELECT id, until, kind FROM action"
                         " WHERE address = ? AND voided_by IS NULL"
                         " AND kind IN (3, 4) ORDER BY id DESC LIMIT 1"),
      written_allowance_(
          *database, "SELECT action, until FROM allowance WHERE address = ?"),
      write_allowance_(*database,
                       "INSERT OR REPLACE INTO allowance(address, action,"
                       " until) VALUES (?, ?, ?)"),
      drop_allowance_(*database, "DELETE FROM allowance WHERE address = ?"),
      each_order_(*database,
                  "SELECT o.address, o.id, s.text, s.key FROM action AS o"
                  " JOIN address AS s ON s.id = o.address"
                  " LEFT JOIN action AS i ON i.id = o.import"
                  " WHERE o.voided_by IS NULL AND o.kind <> 7"
                  " AND (?1 IS NULL OR coalesce(i.time, o.time) >= ?1)"
                  " AND (?2 IS NULL OR coalesce(i.time, o.time) < ?2)"
                  " AND (?3 IS NULL OR o.kind = 1 AND o.reason = ?3)"
                  " AND (?4 IS NULL OR o.scope = ?4)"
                  " AND (?5 IS NULL OR o.actor = ?5)"
                  " AND (?6 IS NULL OR o.id = ?6 OR o.import = ?6)"
                  " ORDER BY o.id"),
      // The first change that the failure made is when it decided; later ones
      // may have prolonged that.
      each_cause_(*database,
                  "SELECT d.address, d.event, e.time, s.text, s.key"
                  " FROM change AS c"
                  " CROSS JOIN decision AS d"
                  "  ON d.address = c.address AND d.scope = c.scope"
                  " CROSS JOIN event AS e ON e.id = d.event"
                  " CROSS JOIN address AS s ON s.id = d.address"
                  " WHERE d.state IN (1, 2) AND d.action IS NULL"
                  " AND (d.until IS NULL OR d.until > ?5)"
                  " AND c.new_state IN (1, 2) AND c.event = d.event"
                  " AND (?3 IS NULL OR d.reason = ?3)"
                  " AND (?4 IS NULL OR d.scope = ?4)"
                  " GROUP BY d.id HAVING (?1 IS NULL"
                  "  OR iif(min(c.time) < ?5, min(c.time), e.time) >= ?1)"
                  " AND (?2 IS NULL"
                  "  OR iif(min(c.time) < ?5, min(c.time), e.time) < ?2)"),
      accounts_(*database,
                "SELECT w.account, m.facts, e.reason FROM event AS e"
                " CROSS JOIN witness AS w ON w.event = e.id"
                " CROSS JOIN mail AS m ON m.id = w.id / 65536"
                " WHERE e.id = ? AND w.standing = 1 ORDER BY w.id LIMIT 100"),
      void_order_(*database, "UPDATE action SET voided_by = ?2 WHERE id = ?1"),
      void_failure_(*database,
                    "UPDATE event SET voided_by = ?2"
                    " WHERE id = ?1 AND voided_by IS NULL"),
      note_undone_(*database,
                   "INSERT INTO undone(is_failure, what, undo)"
                   " VALUES (?, ?, ?)"),
      each_undone_(*database,
                   "SELECT a.address FROM undone AS u"
                   " CROSS JOIN action AS a ON a.id = u.what"
                   " WHERE u.undo = ?1 AND u.is_failure = 0"
                   " AND a.address IS NOT NULL"
                   " UNION SELECT e.address FROM undone AS u"
                   " CROSS JOIN event AS e ON e.id = u.what"
                   " WHERE u.undo = ?1 AND u.is_failure = 1"
                   " UNION SELECT e.domain FROM undone AS u"
                   " CROSS JOIN event AS e ON e.id = u.what"
                   " WHERE u.undo = ?1 AND u.is_failure = 1"
                   " AND e.domain IS NOT NULL"),
      count_void_(*database,
                  "SELECT (SELECT count(*) FROM undone AS u"
                  "  CROSS JOIN event AS e ON e.id = u.what"
                  "  WHERE u.undo = ?1 AND u.is_failure = 1"
                  "  AND e.voided_by IS NOT NULL),"
                  " (SELECT count(*) FROM undone AS u"
                  "  CROSS JOIN action AS a ON a.id = u.what"
                  "  WHERE u.undo = ?1 AND u.is_failure = 0"
                  " AND a.address IS NOT NULL"
                  "  AND a.voided_by IS NOT NULL)"),
      turn_orders_(*database, TurnRows("action", "0")),
      turn_failures_(*database, TurnRows("event", "1")),
      undone_undo_(*database,
                   "SELECT a.id FROM undone AS u"
                   " CROSS JOIN action AS a ON a.id = u.what"
                   " WHERE u.undo = ? AND u.is_failure = 0 AND a.kind = 5"),
      each_blamed_(*database,
                   "SELECT address FROM event WHERE id = ?1 UNION"
                   " SELECT domain FROM event WHERE id = ?1"
                   " AND domain IS NOT NULL") {}

Result<ActionId> SqliteOrderTables::InsertOrder(
    std::optional<AddressId> address, const StoredOrder& order) {
  return Guard([&]() -> Result<ActionId> {
    Run(&insert_order_, order.time, order.kind, order.actor, order.why, address,
        order.scope, order.reason, order.until, order.import)
        .Execute();
    return ActionId{database_.getLastInsertRowid()};
  });
}

Result<StoredOrder> SqliteOrderTables::LoadOrder(ActionId id) {
  return Guard([&]() -> Result<StoredOrder> {
    Run row(&load_order_, id);
    if (row.Next()) return StoredOrderOfRow(&row, 0);
    return Error(
        ErrorCode::kNotFound,
        "there is no action " + std::to_string(static_cast<std::int64_t>(id)));
  });
}

Result<std::optional<Allowance>> SqliteOrderTables::OrderedAllowance(
    AddressId address) {
  return Guard([&]() -> Result<std::optional<Allowance>> {
    Run row(&ordered_allowance_, address);
    const bool is_allowed =
        row.Next() && row.Int(2) == static_cast<int>(OrderKind::kAllow);
    if (!is_allowed) return std::optional<Allowance>();
    return AllowanceOfRow(&row);
  });
}

Result<std::optional<Allowance>> SqliteOrderTables::WrittenAllowance(
    AddressId address) {
  return Guard([&]() -> Result<std::optional<Allowance>> {
    Run row(&written_allowance_, address);
    if (!row.Next()) return std::optional<Allowance>();
    return AllowanceOfRow(&row);
  });
}

Result<void> SqliteOrderTables::WriteAllowance(
    AddressId address, const std::optional<Allowance>& allowance) {
  return Guard([&]() -> Result<void> {
    if (allowance) {
      Run(&write_allowance_, address, allowance->by, allowance->until)
          .Execute();
    } else {
      Run(&drop_allowance_, address).Execute();
    }
    return {};
  });
}

Result<void> SqliteOrderTables::EachOrder(
    const UndoFilter& filter,
    const std::function<void(const Undoable&)>& each) {
  return Guard([&]() -> Result<void> {
    const auto actor = Unless(filter.actor);
    Run row(&each_order_, filter.since, filter.until, filter.reason,
            filter.scope, actor, filter.action);
    while (row.Next()) {
      Undoable one;
      one.address = AddressId{row.Int(0)};
      one.order = ActionId{row.Int(1)};
      one.subject = row.Bytes(2);
      const auto key = KeyOfBytes(row.Bytes(3));
      if (!key) return key.error();
      one.key = *key;
      each(one);
    }
    return {};
  });
}

Result<void> SqliteOrderTables::EachCause(
    const UndoFilter& filter, Timestamp now,
    const std::function<void(const Undoable&)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&each_cause_, filter.since, filter.until, filter.reason,
            filter.scope, now);
    while (row.Next()) {
      Undoable one;
      one.address = AddressId{row.Int(0)};
      one.failure = EventId{row.Int(1)};
      one.failed = row.Time(2);
      one.subject = row.Bytes(3);
      const auto key = KeyOfBytes(row.Bytes(4));
      if (!key) return key.error();
      one.key = *key;
      each(one);
    }
    return {};
  });
}

Result<bool> SqliteOrderTables::HasAccount(EventId event,
                                           const std::string& rule,
                                           std::optional<ChangeSource> source) {
  return Guard([&]() -> Result<bool> {
    Run row(&accounts_, event);
    while (row.Next()) {
      const auto witness = DecodeWitness(row.Bytes(0));
      if (!witness) return witness.error();
      const auto facts = DecodeFacts(row.Bytes(1));
      if (!facts) return facts.error();
      const ChangeSource is = facts->route == Route::kLog
                                  ? ChangeSource::kLog
                                  : ChangeSource::kBounce;
      const Verdict& verdict = witness->verdict;
      if (verdict.reason == ReasonFromStored(row.Int(2)) &&
          (rule.empty() || verdict.rule == rule) && source.value_or(is) == is) {
        return true;
      }
    }
    return false;
  });
}

Result<void> SqliteOrderTables::VoidOrder(ActionId order, ActionId undo) {
  return Guard([&]() -> Result<void> {
    Run(&void_order_, order, undo).Execute();
    Run(&note_undone_, 0, order, undo).Execute();
    return {};
  });
}

Result<std::size_t> SqliteOrderTables::VoidFailure(EventId event,
                                                   ActionId undo) {
  return Guard([&]() -> Result<std::size_t> {
    const int changed = Run(&void_failure_, event, undo).Execute();
    if (changed > 0) Run(&note_undone_, 1, event, undo).Execute();
    return static_cast<std::size_t>(changed);
  });
}

Result<void> SqliteOrderTables::EachBlamed(
    EventId event, const std::function<void(AddressId)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&each_blamed_, event);
    while (row.Next()) each(AddressId{row.Int(0)});
    return {};
  });
}

Result<void> SqliteOrderTables::EachUndone(
    ActionId undo, const std::function<void(AddressId)>& each) {
  return Guard([&]() -> Result<void> {
    Run row(&each_undone_, undo);
    while (row.Next()) each(AddressId{row.Int(0)});
    return {};
  });
}

Undone SqliteOrderTables::CountVoid(ActionId undo) {
  Run row(&count_void_, undo);
  Undone undone;
  if (!row.Next()) return undone;
  undone.failures = static_cast<std::size_t>(row.Int(0));
  undone.orders = static_cast<std::size_t>(row.Int(1));
  return undone;
}

Result<Undone> SqliteOrderTables::Turn(ActionId undo) {
  return Guard([&]() -> Result<Undone> {
    const Undone before = CountVoid(undo);
    Run(&turn_orders_, undo).Execute();
    Run(&turn_failures_, undo).Execute();
    const Undone after = CountVoid(undo);
    const auto change = [](std::size_t a, std::size_t b) {
      return std::max(a, b) - std::min(a, b);
    };
    return Undone{change(before.failures, after.failures),
                  change(before.orders, after.orders)};
  });
}

Result<std::optional<ActionId>> SqliteOrderTables::UndoneUndo(ActionId undo) {
  return Guard([&]() -> Result<std::optional<ActionId>> {
    Run row(&undone_undo_, undo);
    if (!row.Next()) return std::optional<ActionId>();
    return std::optional(ActionId{row.Int(0)});
  });
}

}  // namespace postbounce
