#ifndef POSTBOUNCE_STORE_LOG_BATCH_H_
#define POSTBOUNCE_STORE_LOG_BATCH_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/log_message.h"
#include "store/witness.h"

namespace postbounce {

// How many lines a source has given, and what became of them.
struct LogCounters {
  std::uint64_t lines = 0;
  std::uint64_t other = 0;  // of other programs
  std::uint64_t bad = 0;    // look like Postfix's, but could not be read
  // By smtpd, cleanup or a milter, at the door: what was never taken was not
  // ours to deliver, and changes nothing.
  std::uint64_t refused = 0;
  std::uint64_t gaps = 0;  // stretches that are known to be lost
  std::string last_bad;    // the last such line, printable
  std::string last_gap;    // a sentence
  Timestamp last_line{};   // the time of the last line of Postfix's

  LogCounters& operator+=(const LogCounters& more);
  bool operator==(const LogCounters&) const = default;
};

// What a log says that an attempt has failed for good, as an account like that
// of a bounce, with one witness.
struct LogFailure {
  std::size_t message = 0;  // its places in the batch
  std::size_t attempt = 0;
  // Whether the list would change for it, if the log were one that counts.
  bool would_count = true;
  Mail account;
};

// Some lines of one log, read, joined and judged. Stored whole or not at all,
// with the position behind them; attempts that are known already are left out,
// so that storing lines again changes nothing.
struct LogBatch {
  std::string log;         // the source's name
  bool is_import = false;  // of an old log, beside the one that is followed
  // Whether the list may change for it: a log that is trusted, and more than a
  // preview.
  bool counts = true;
  std::vector<LogMessage> messages;  // parts; one may stand for all its lines
  std::vector<LogFailure> failures;
  std::optional<std::string> position;  // LogSource::Position()
  LogCounters counters;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_BATCH_H_
