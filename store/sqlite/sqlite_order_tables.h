#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_ORDER_TABLES_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_ORDER_TABLES_H_

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "store/order_tables.h"
#include "store/sqlite/statement.h"

namespace postbounce {

// The tables of orders through prepared statements. The constructor throws
// SQLite::Exception; the database must outlive this.
class SqliteOrderTables : public OrderTables {
 public:
  explicit SqliteOrderTables(SQLite::Database* database);

  Result<ActionId> InsertOrder(std::optional<AddressId> address,
                               const StoredOrder& order) override;
  Result<StoredOrder> LoadOrder(ActionId id) override;
  Result<std::optional<Allowance>> OrderedAllowance(AddressId address) override;
  Result<std::optional<Allowance>> WrittenAllowance(AddressId address) override;
  Result<void> WriteAllowance(
      AddressId address, const std::optional<Allowance>& allowance) override;
  Result<void> EachOrder(
      const UndoFilter& filter,
      const std::function<void(const Undoable&)>& each) override;
  Result<void> EachCause(
      const UndoFilter& filter, Timestamp now,
      const std::function<void(const Undoable&)>& each) override;
  Result<bool> HasAccount(EventId event, const std::string& rule,
                          std::optional<ChangeSource> source) override;
  Result<void> VoidOrder(ActionId order, ActionId undo) override;
  Result<std::size_t> VoidFailure(EventId event, ActionId undo) override;
  Result<void> EachBlamed(EventId event,
                          const std::function<void(AddressId)>& each) override;
  Result<void> EachUndone(ActionId undo,
                          const std::function<void(AddressId)>& each) override;
  Result<Undone> Turn(ActionId undo) override;
  Result<std::optional<ActionId>> UndoneUndo(ActionId undo) override;

 private:
  Undone CountVoid(ActionId undo);

  SQLite::Database& database_;
  SQLite::Statement insert_order_, load_order_;
  SQLite::Statement ordered_allowance_, written_allowance_;
  SQLite::Statement write_allowance_, drop_allowance_;
  SQLite::Statement each_order_, each_cause_, accounts_;
  SQLite::Statement void_order_, void_failure_, note_undone_, each_undone_;
  SQLite::Statement count_void_, turn_orders_, turn_failures_, undone_undo_;
  SQLite::Statement each_blamed_;
};

// The columns that StoredOrderOfRow() reads, of an action `o` and the address
// `s` that it is about.
inline constexpr const char* kOrderColumns =
    "o.id, o.kind, o.time, coalesce(s.text, ''), o.scope, o.reason, o.until,"
    " o.actor, o.why, o.voided_by, o.import";
StoredOrder StoredOrderOfRow(Run* row, int first_column);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_ORDER_TABLES_H_
