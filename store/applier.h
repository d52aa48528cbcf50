#ifndef POSTBOUNCE_STORE_APPLIER_H_
#define POSTBOUNCE_STORE_APPLIER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "store/address_keys.h"
#include "store/forget_tables.h"
#include "store/guard_keeper.h"
#include "store/guard_tables.h"
#include "store/list_tables.h"
#include "store/log_tracer.h"
#include "store/log_watch.h"
#include "store/log_writer.h"
#include "store/order_tables.h"
#include "store/prune_tables.h"
#include "store/replay_tables.h"
#include "store/site_policy.h"
#include "store/store.h"
#include "store/tables.h"
#include "store/veil.h"

namespace postbounce {

// The tables of one database, in one transaction.
struct Database {
  Tables* tables;
  ListTables* list;
  OrderTables* orders;
  LogTables* logs;
  GuardTables* guard;
  ReplayTables* replay;
  ForgetTables* forget;
  PruneTables* prune;
};

// Store::Apply() for any database: one transaction, an item for each write,
// correlation, revision and the fold of each address that was touched. For one
// thread.
class Applier {
 public:
  // All must outlive the applier.
  Applier(const Database& database, const AddressKeys* keys);

  Result<std::vector<Result<Outcome>>> Apply(std::span<const Write> writes,
                                             const SitePolicy& policy,
                                             Timestamp now);

 private:
  class Item;
  enum class Items { kTogether, kApart };

  Result<std::vector<Result<Outcome>>> ApplyAll(std::span<const Write> writes,
                                                Items items,
                                                const SitePolicy& policy,
                                                Timestamp now);
  Result<Outcome> ApplyOne(const Write& write, Item* item);
  // Reads what has to be in memory. The time of what the logs told last.
  Result<Timestamp> Prepare(const SitePolicy& policy, Timestamp now);
  // What is in memory may have been rolled back.
  void Forget();

  Tables& tables_;
  ListTables& list_;
  OrderTables& orders_;
  ReplayTables& replay_;
  ForgetTables& forget_;
  PruneTables& prune_;
  const AddressKeys& keys_;
  LogHasher hasher_;
  Veil veil_;
  LogWriter writer_;
  LogTracer tracer_;
  LogWatch watch_;
  GuardKeeper guard_;
  std::uint64_t batches_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_APPLIER_H_
