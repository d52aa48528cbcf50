#ifndef POSTBOUNCE_DAEMON_LOGS_LOG_IDENTITY_H_
#define POSTBOUNCE_DAEMON_LOGS_LOG_IDENTITY_H_

#include <cstdint>
#include <string_view>

namespace postbounce {

// Which log this is and how far it has been read, whatever its name, inode or
// compression have become. Offsets count uncompressed bytes.
struct LogIdentity {
  std::uint64_t first = 0;    // hash of the first line; 0: none was read yet
  std::uint64_t offset = 0;   // behind the last line read; where to go on
  std::uint64_t last_at = 0;  // where that line begins
  std::uint64_t last = 0;     // its hash

  bool operator==(const LogIdentity&) const = default;
};

// 64 bits of SHA-256, never 0; of a line as LogReader gives it.
std::uint64_t LineHash(std::string_view line);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_LOG_IDENTITY_H_
