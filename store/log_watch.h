#ifndef POSTBOUNCE_STORE_LOG_WATCH_H_
#define POSTBOUNCE_STORE_LOG_WATCH_H_

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/list_tables.h"
#include "store/log_keys.h"
#include "store/tables.h"

namespace postbounce {

// What the logs are watched for, in memory, since it is asked for each line:
// ids that reports wait for, and addresses that have failed, of which it
// matters when mail reaches them again. For the thread that writes.
//
// It knows of all that is stored, and may know of more, which does no harm: so
// a transaction that fails takes nothing back but what it has released.
class LogWatch {
 public:
  // Of so many ids at most, those of the newest reports.
  static constexpr std::size_t kAwaited = 1'000'000;

  // Both must outlive this.
  LogWatch(Tables* tables, ListTables* list, std::size_t most = kAwaited)
      : tables_(*tables), list_(*list), most_(most) {}

  // Reads what is stored, unless it is known: reports since that time.
  Result<void> Load(Timestamp since);
  // The transaction before has been committed, or rolled back.
  void Commit();
  void RollBack() { released_.clear(); }

  void Await(MailId report, std::span<const LogHash> ids);
  void Release(MailId report, std::span<const LogHash> ids);
  // A log has told of such an id: the reports that wait for it are due, which
  // means that they are to be judged again.
  Result<void> Found(LogHash id);
  // The newest of these: anybody can send reports that wait for an id which
  // stands in many messages.
  Result<std::optional<MailId>> TakeDue() { return tables_.TakeDue(); }

  void AddFailing(const Key128& address);
  // `address` as LogHasher makes it.
  bool IsFailing(LogHash address) const { return failing_.contains(address); }

 private:
  using Awaited = std::pair<LogHash, MailId>;

  void DropOldest();

  Tables& tables_;
  ListTables& list_;
  const std::size_t most_;
  bool is_loaded_ = false;
  std::set<Awaited> awaited_;
  std::vector<Awaited> released_;  // by the transaction
  boost::unordered_flat_set<LogHash> failing_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_WATCH_H_
