#ifndef POSTBOUNCE_STORE_LIST_FOLD_H_
#define POSTBOUNCE_STORE_LIST_FOLD_H_

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/guard_keeper.h"
#include "store/list_judge.h"
#include "store/list_tables.h"
#include "store/orders.h"
#include "store/reader.h"
#include "store/site_policy.h"
#include "store/tables.h"

namespace postbounce {

// Decides anew about each address whose history has changed within one item,
// and writes down what is different.
class ListFold {
 public:
  // All must outlive the fold.
  ListFold(Tables* tables, ListTables* list, GuardKeeper* guard,
           const SitePolicy& policy, Timestamp now)
      : tables_(*tables),
        list_(*list),
        judge_(list, guard, policy, now),
        now_(now) {}

  // Who changes the list, for the change log; without it, the fold itself.
  void SetActor(std::string actor, std::string why);

  // Calls `each` for every change that is written down.
  void Watch(std::function<void(const Change&)> each) {
    each_ = std::move(each);
  }

  // An address, or a domain.
  void Touch(AddressId address) { touched_.insert(address); }
  // Puts into the change log what the allow-list says of the address from now
  // on.
  Result<void> NoteAllowance(AddressId address,
                             const std::optional<Allowance>& allowance);
  // The changes, in the order of addresses.
  Result<std::vector<ListChange>> Finish();

 private:
  Result<void> Write(AddressId address, const Revision& revision,
                     std::vector<ListChange>* changes);

  Tables& tables_;
  ListTables& list_;
  ListJudge judge_;
  const Timestamp now_;
  std::string actor_;
  std::string why_;
  std::function<void(const Change&)> each_;
  std::set<AddressId> touched_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LIST_FOLD_H_
