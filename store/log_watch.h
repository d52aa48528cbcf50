#ifndef POSTBOUNCE_STORE_LOG_WATCH_H_
#define POSTBOUNCE_STORE_LOG_WATCH_H_

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <set>
#include <span>
#include <unordered_map>
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
class LogWatch {
 public:
  // Both must outlive this.
  LogWatch(Tables* tables, ListTables* list) : tables_(*tables), list_(*list) {}

  // Reads what is stored, unless it is known: reports since that time. All that
  // wait are to be judged again, since some were found, but not judged.
  Result<void> Load(Timestamp since);
  // What was added may have been rolled back.
  void Forget();

  // Of so many ids at most; a report beyond them waits for a restart.
  static constexpr std::size_t kAwaited = 2'000'000;
  void Await(MailId report, std::span<const LogHash> ids);
  void Release(MailId report, std::span<const LogHash> ids);
  // A log has told of such an id: the reports that wait for it are to be judged
  // again.
  void Found(LogHash id);
  // Some of these, at most so many: anybody can send reports that wait for an
  // id which stands in many messages.
  std::vector<MailId> TakeDue(std::size_t most);

  void AddFailing(const Key128& address);
  // `address` as LogHasher makes it.
  bool IsFailing(LogHash address) const { return failing_.contains(address); }

 private:
  Tables& tables_;
  ListTables& list_;
  bool is_loaded_ = false;
  std::unordered_multimap<LogHash, MailId> awaited_;
  std::set<MailId> due_;
  boost::unordered_flat_set<LogHash> failing_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_WATCH_H_
