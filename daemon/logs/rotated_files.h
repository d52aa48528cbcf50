#ifndef POSTBOUNCE_DAEMON_LOGS_ROTATED_FILES_H_
#define POSTBOUNCE_DAEMON_LOGS_ROTATED_FILES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

struct LogFileState {
  bool is_file = false;   // not a folder or the like
  bool is_named = false;  // not unlinked
  // Its inode and when that was made, mixed: what took over the number of a
  // removed file is another file. The same for all names of a file.
  std::uint64_t id = 0;
  std::int64_t time = 0;  // last written, in nanoseconds since 1970
};

// Nullopt and errno if there is none.
std::optional<LogFileState> StateOfPath(const std::string& path);
std::optional<LogFileState> StateOf(int fd);

// A file that rotation has made, or may have made, of a log.
struct RotatedFile {
  std::string path;
  std::uint64_t id = 0;   // LogFileState
  std::int64_t time = 0;  // last written, in nanoseconds since 1970

  // The same name for the same file, which may have grown.
  bool operator==(const RotatedFile& other) const {
    return path == other.path && id == other.id;
  }
};

// Whether rotation gives such a name to the log `base`, both without folders:
// "mail.log.1", "mail.log.2.gz", "mail.log-20261121", "mail.log.old",
// "mail-20261121.log", "maillog.20261121-001123".
bool IsRotatedName(std::string_view name, std::string_view base);

// The files beside that log which have such names, oldest first by when they
// were last written (compressing keeps that); at most the newest 1000.
std::vector<RotatedFile> RotatedFilesOf(const std::string& path);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_ROTATED_FILES_H_
