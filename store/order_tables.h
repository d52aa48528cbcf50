#ifndef POSTBOUNCE_STORE_ORDER_TABLES_H_
#define POSTBOUNCE_STORE_ORDER_TABLES_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "mime/text/result.h"
#include "store/event.h"
#include "store/orders.h"
#include "store/tables.h"

namespace postbounce {

// Something that an undo may take back: an order, or the failure behind a
// decision.
struct Undoable {
  AddressId address{};
  std::optional<ActionId> order;
  EventId failure{};    // without an order
  Timestamp failed{};   // when that happened
  std::string subject;  // the address's text
  Key128 key{};
};

// What a database must be able to do with orders, as ListTables with the list.
class OrderTables {
 public:
  virtual ~OrderTables() = default;

  // `address`: the order's one subject; none for an undo. `order.subject` is
  // not stored, `order.id` is given.
  virtual Result<ActionId> InsertOrder(std::optional<AddressId> address,
                                       const StoredOrder& order) = 0;
  // kNotFound.
  virtual Result<StoredOrder> LoadOrder(ActionId id) = 0;

  // What the orders that stand say, and what is written down.
  virtual Result<std::optional<Allowance>> OrderedAllowance(
      AddressId address) = 0;
  virtual Result<std::optional<Allowance>> WrittenAllowance(
      AddressId address) = 0;
  virtual Result<void> WriteAllowance(
      AddressId address, const std::optional<Allowance>& allowance) = 0;

  // Orders that were not undone, and failures behind the decisions that stand:
  // active and held. By time, reason, scope, actor and action alone.
  virtual Result<void> EachOrder(
      const UndoFilter& filter,
      const std::function<void(const Undoable&)>& each) = 0;
  virtual Result<void> EachCause(
      const UndoFilter& filter,
      const std::function<void(const Undoable&)>& each) = 0;
  // Whether an account that says what the event says was by that rule, and of
  // that source; an empty one is any.
  virtual Result<bool> HasAccount(EventId event, const std::string& rule,
                                  std::optional<ChangeSource> source) = 0;

  virtual Result<void> VoidOrder(ActionId order, ActionId undo) = 0;
  // How many failures this changed: none that was void before.
  virtual Result<std::size_t> VoidFailure(EventId event, ActionId undo) = 0;
  // The address of a failure, and the domain that it speaks against.
  virtual Result<void> EachBlamed(
      EventId event, const std::function<void(AddressId)>& each) = 0;
  // The same of all that `undo` was the last to void or restore.
  virtual Result<void> EachUndone(
      ActionId undo, const std::function<void(AddressId)>& each) = 0;
  // Voids what `undo` was the last to restore, and the other way round.
  virtual Result<std::size_t> TurnOrders(ActionId undo, ActionId by) = 0;
  virtual Result<std::size_t> TurnFailures(ActionId undo, ActionId by) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_ORDER_TABLES_H_
