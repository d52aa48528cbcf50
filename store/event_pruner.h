#ifndef POSTBOUNCE_STORE_EVENT_PRUNER_H_
#define POSTBOUNCE_STORE_EVENT_PRUNER_H_

#include <cstddef>
#include <set>
#include <vector>

#include "store/list_judge.h"
#include "store/list_tables.h"
#include "store/prune_tables.h"
#include "store/tables.h"

namespace postbounce {

// Forgets reports and lines of long ago, and what they tell of. A failure that
// the list depends on, or may yet, stays, without a word of what was said: it
// stands for all that was.
class EventPruner {
 public:
  // All must outlive the pruner.
  EventPruner(Tables* tables, ListTables* list, PruneTables* prune,
              ListJudge* judge)
      : tables_(*tables), list_(*list), prune_(*prune), judge_(*judge) {}

  // Mails that came before, at most `limit`. How many.
  Result<std::size_t> Prune(Timestamp before, std::size_t limit);

 private:
  Result<void> PruneMail(MailId mail);
  Result<void> PruneEvent(EventId event);
  // The failures of the address that no account tells of any more.
  Result<void> PruneFailures(AddressId address);

  Tables& tables_;
  ListTables& list_;
  PruneTables& prune_;
  ListJudge& judge_;
  std::set<AddressId> touched_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_EVENT_PRUNER_H_
