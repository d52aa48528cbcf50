#ifndef POSTBOUNCE_DAEMON_LOGS_FILE_POSITION_H_
#define POSTBOUNCE_DAEMON_LOGS_FILE_POSITION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/logs/log_identity.h"

namespace postbounce {

// How far one file was read that once stood at a followed path.
struct TrailPosition {
  LogIdentity identity;
  std::uint64_t inode = 0;  // a hint
  bool is_dry = false;      // read to its end
  bool is_copy = false;     // by copytruncate: it may end within a line
  std::string gap;          // lost before it and not told yet; for people

  bool operator==(const TrailPosition&) const = default;
};

// How far a followed path was read.
struct PathPosition {
  std::string path;
  std::vector<TrailPosition> trails;  // to be read in this order
  bool has_live = false;              // the last of them stands at the path
  std::int64_t since = 0;  // rotated files written then or later are new...
  std::string gap;         // lost before the next file
  std::vector<std::uint64_t> seen;  // ... unless they begin with such a line

  bool operator==(const PathPosition&) const = default;
};

// Of all paths, and the patterns they came from.
struct FilePosition {
  std::vector<std::string> patterns;
  std::vector<PathPosition> paths;

  bool operator==(const FilePosition&) const = default;
};

// One line of JSON and back; nullopt for what is no such line.
std::string ToJson(const FilePosition& position);
std::optional<FilePosition> FilePositionFrom(std::string_view json);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_FILE_POSITION_H_
