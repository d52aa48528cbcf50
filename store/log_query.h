#ifndef POSTBOUNCE_STORE_LOG_QUERY_H_
#define POSTBOUNCE_STORE_LOG_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/log_batch.h"
#include "store/log_message.h"
#include "store/log_totals.h"

namespace postbounce {

// Which messages of the logs: those with an attempt that fits all that is
// given, or, where only the message is described, the message.
struct LogQuery {
  std::string recipient;  // to= or orig_to=
  std::string sender;     // "<>": the null sender
  std::string queue_id;   // here, or at the next server
  std::string message_id;
  std::string domain;              // of a recipient
  std::optional<Timestamp> since;  // of an attempt, else of the last line
  std::optional<Timestamp> until;
  std::optional<Action> action;  // of a mail, not of a probe
  std::string status;            // "5.1.1", or how it begins: "5", "5.1"
  std::optional<Reason> reason;
  bool with_lines = false;
  std::string cursor;       // of the page before; empty: from the newest
  std::size_t limit = 100;  // 1 to 1 000; others are moved into that
};

struct LogPage {
  // Newest first, by the last line of that part which fits.
  std::vector<LogMessage> messages;
  // Of each message: attempts that were left out. Where a recipient is asked
  // for, and no id, those for others; and what is too much for an answer.
  std::vector<std::size_t> left_out;
  // Empty: this is the last page. A page may be short, even empty, before.
  std::string cursor;
};

// What a log has given so far.
struct LogCoverage {
  std::string log;
  LogCounters counters;
  std::optional<Timestamp> first;  // of what is still known of messages
  std::optional<Timestamp> last;
};

struct LogStatsQuery {
  Timestamp from{};  // cut to the hour, or to the day for all but kAll
  Timestamp to{};
  LogDimension dimension = LogDimension::kAll;
};

struct LogStats {
  // For kAll one for each hour that had any, in order of time; for others one
  // for each name, the most attempts first.
  std::vector<TotalRow> rows;
  LogCounts sum;
  DelayHistogram delays;  // with kAll
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_QUERY_H_
