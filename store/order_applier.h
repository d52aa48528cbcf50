#ifndef POSTBOUNCE_STORE_ORDER_APPLIER_H_
#define POSTBOUNCE_STORE_ORDER_APPLIER_H_

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/address_keys.h"
#include "store/list_fold.h"
#include "store/list_tables.h"
#include "store/order_tables.h"
#include "store/store.h"
#include "store/tables.h"
#include "store/veil.h"

namespace postbounce {

// Does what a person has ordered, within one item: writes it down, and folds
// each address anew that it is about.
class OrderApplier {
 public:
  // All must outlive the applier.
  OrderApplier(Tables* tables, ListTables* list, OrderTables* orders,
               const AddressKeys* keys, const Veil* veil, ListFold* fold,
               Timestamp now)
      : tables_(*tables),
        list_(*list),
        orders_(*orders),
        keys_(*keys),
        veil_(*veil),
        fold_(*fold),
        now_(now) {}

  Result<Outcome> Apply(const Order& order);
  Result<Outcome> Apply(const Import& import);
  // kNotFound: there is no such action, or it was undone before. kLimit: more
  // than kMaxUndone.
  Result<Outcome> Apply(const Undo& undo);

 private:
  enum class Of { kOrders, kFailures };

  // In a savepoint, for a dry run.
  template <class Some>
  Result<Outcome> Try(const Some& order);
  Result<Outcome> Really(const Import& import);
  Result<void> Take(const Import& import, const Imported& row,
                    ImportReport* report);
  Result<Decision> DecisionOf(AddressId address, const std::string& scope);
  Result<Outcome> Really(const Undo& undo);
  // What fits, but for failures that followed the one which decided.
  Result<std::vector<Undoable>> Select(const UndoFilter& filter, Of what) const;
  Result<void> TakeBack(const Undo& undo, UndoReport* report);
  Result<void> TakeBack(const Undo& undo, Of what, UndoReport* report);
  Result<std::vector<Event>> FailuresOf(const Undoable& cause) const;
  Result<void> TakeBackFailures(const UndoFilter& filter, const Undoable& cause,
                                ActionId by, UndoReport* report);
  Result<bool> Fits(const UndoFilter& filter, EventId failure) const;
  Result<void> Restore(const Undo& undo, UndoReport* report);
  Result<ActionId> WriteUndo(const Undo& undo);

  void Touch(AddressId address);
  // Brings the list up to date with what was touched since.
  Result<void> Fold();
  // The same, and the allow-list. Fills the report's effects, if there is one.
  Result<Outcome> Finish(UndoReport* report);
  // Whether it has changed.
  Result<bool> FoldAllowance(AddressId address, UndoReport* report);
  Key128 KeyOf(const Subject& subject) const;

  Tables& tables_;
  ListTables& list_;
  OrderTables& orders_;
  const AddressKeys& keys_;
  const Veil& veil_;
  ListFold& fold_;
  const Timestamp now_;
  std::set<AddressId> touched_;
  // Each place on the list that was changed: as it was first, and as it is.
  std::map<std::pair<AddressId, std::string>, Revision> places_;
  std::vector<ListChange> changes_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_ORDER_APPLIER_H_
