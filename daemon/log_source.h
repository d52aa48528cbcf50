#ifndef POSTBOUNCE_DAEMON_LOG_SOURCE_H_
#define POSTBOUNCE_DAEMON_LOG_SOURCE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// Some lines of a log, in their order.
struct LogChunk {
  struct Line {
    // Without its line end, at most limits::kLogLine bytes (what was longer is
    // cut). Lives until the next call of Next(). From the journal only the
    // message, and then the members below are set.
    std::string_view text;
    std::optional<Timestamp> time;
    std::string_view host;
    std::string_view tag;  // "postfix/smtp"; empty: `text` has it all
  };
  std::vector<Line> lines;
  // The stream begins anew here (another file): stamps without a year start
  // over with `latest`, when that file was last written.
  bool is_new_stream = false;
  Timestamp latest{};
  // Where it is known: of its first line. Then `latest` says nothing.
  std::optional<int> first_year;
  // What is known to be lost right before these lines: bytes that copytruncate
  // took, messages that journald suppressed. Each counts as one gap.
  std::uint64_t gaps = 0;
  std::string gap_text;  // for people, about the last gap
  bool is_end = false;   // no more lines for now; an import ends here
};

// Where lines come from: files, the journal, a socket, a stream. For one
// thread, but for Interrupt().
class LogSource {
 public:
  virtual ~LogSource() = default;

  // The next lines, at most about 256 KiB of them, as soon as there is one; an
  // empty chunk after `wait` without any, or after Interrupt(). An error is
  // one of the moment (a file that may not be read): it is logged, and asking
  // goes on.
  virtual Result<LogChunk> Next(std::chrono::milliseconds wait) = 0;

  // Where to go on after all lines that Next() has given, as one line of JSON:
  // opaque to all others. Given to the constructor it continues right there,
  // across rotation and restarts. Empty for sources without a memory.
  virtual std::string Position() const = 0;

  // Ends a Next() that waits, and makes later ones return at once. From any
  // thread.
  virtual void Interrupt() = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOG_SOURCE_H_
