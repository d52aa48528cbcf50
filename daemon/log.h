#ifndef POSTBOUNCE_DAEMON_LOG_H_
#define POSTBOUNCE_DAEMON_LOG_H_

#include <cstdint>
#include <string_view>

namespace postbounce {

enum class LogLevel { kError, kWarning, kInfo, kDebug };

// Writes to standard error, a line each: with the time for a person, with
// "<N>" for the journal. Thread-safe. Text of a peer's must have gone through
// Printable(); line ends in `text` are replaced all the same.
void Log(LogLevel level, std::string_view text);

// How often that was called with this level, be it written or not. Thread-safe.
std::uint64_t LoggedAt(LogLevel level);

// From now on all is written, whatever SetLogLevel() says.
void BeVerbose();
bool IsVerbose();

// `name` as in daemon.log_level.
void SetLogLevel(std::string_view name);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOG_H_
