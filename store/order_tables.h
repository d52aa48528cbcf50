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

struct Undone {
  std::size_t failures = 0;
  std::size_t orders = 0;
};

// What a database must be able to do with orders, as ListTables with the list.
class OrderTables {
 public:
  virtual ~OrderTables() = default;

  // `address`: the order's one subject; none for an undo or an import.
  // `order.subject` is not stored, `order.id` is given.
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

  // Orders that were not undone, and failures behind the decisions that stand
  // at `now`: active and held. By time, reason, scope, actor and action alone.
  // A cause has the time at which it first decided; one that decides since
  // `now` has its own.
  virtual Result<void> EachOrder(
      const UndoFilter& filter,
      const std::function<void(const Undoable&)>& each) = 0;
  virtual Result<void> EachCause(
      const UndoFilter& filter, Timestamp now,
      const std::function<void(const Undoable&)>& each) = 0;
  // Whether an account that says what the event says was by that rule, and of
  // that source; an empty one is any.
  virtual Result<bool> HasAccount(EventId event, const std::string& rule,
                                  std::optional<ChangeSource> source) = 0;

  // Writes down that the undo has taken these back, which makes them void.
  virtual Result<void> VoidOrder(ActionId order, ActionId undo) = 0;
  // How many failures this changed: none that was void before.
  virtual Result<std::size_t> VoidFailure(EventId event, ActionId undo) = 0;
  // The address of a failure, and the domain that it speaks against.
  virtual Result<void> EachBlamed(
      EventId event, const std::function<void(AddressId)>& each) = 0;
  // The same of all that `undo` has taken back.
  virtual Result<void> EachUndone(
      ActionId undo, const std::function<void(AddressId)>& each) = 0;
  // `undo` has become void, or is so no longer: what it has taken back is void
  // by what other undos say of it. How much of that has changed.
  virtual Result<Undone> Turn(ActionId undo) = 0;
  // The undo that this one has taken back, if it did that.
  virtual Result<std::optional<ActionId>> UndoneUndo(ActionId undo) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_ORDER_TABLES_H_
