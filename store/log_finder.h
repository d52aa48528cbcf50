#ifndef POSTBOUNCE_STORE_LOG_FINDER_H_
#define POSTBOUNCE_STORE_LOG_FINDER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/address_keys.h"
#include "store/log_parts.h"
#include "store/log_query.h"
#include "store/log_tables.h"
#include "store/log_tail.h"

namespace postbounce {

// Answers questions about the logs. The caller sees to it that all of one call
// reads one state of the database. For one thread.
class LogFinder {
 public:
  // Both must outlive the finder.
  LogFinder(LogTables* tables, const AddressKeys* keys)
      : tables_(*tables),
        hasher_(keys),
        parts_(tables, [this](SegmentId id) -> const LogTail& {
          return tails_.at(id).tail;
        }) {}

  Result<LogPage> Messages(const LogQuery& query);
  Result<LogStats> Stats(const LogStatsQuery& query);
  Result<std::vector<LogCoverage>> Coverage();

  // The latest message of this id that may still be in the queue at `time`.
  Result<std::optional<LogMessage>> OpenMessage(const std::string& log,
                                                const std::string& instance,
                                                const std::string& queue_id,
                                                Timestamp time);

 private:
  struct Tail {
    LogTail tail;
    std::uint32_t rows = 0;
  };
  using Place = LogParts::Place;
  using Located = LogParts::Located;
  class Search;

  Result<void> Refresh();
  Result<void> RefreshTail(SegmentInfo* segment);
  Result<LogMessage> Load(const Place& place, bool with_lines);
  std::string NameOf(LogId log) const;

  LogTables& tables_;
  LogHasher hasher_;
  std::vector<LogInfo> logs_;
  std::vector<SegmentInfo> segments_;  // the latest first
  std::map<SegmentId, Tail> tails_;
  LogParts parts_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_FINDER_H_
