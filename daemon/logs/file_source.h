#ifndef POSTBOUNCE_DAEMON_LOGS_FILE_SOURCE_H_
#define POSTBOUNCE_DAEMON_LOGS_FILE_SOURCE_H_

#include <memory>
#include <string>
#include <vector>

#include "daemon/log_source.h"
#include "daemon/logs/followed_file.h"
#include "daemon/logs/watcher.h"

namespace postbounce {

// Follows log files that are written and rotated. Exact: across renaming,
// compressing and restarts no line is lost or given twice. What copytruncate
// may have lost is a gap.
class FileSource : public LogSource {
 public:
  // Followed at most; of a pattern those that come first by name.
  static constexpr std::size_t kMaxPaths = 1000;

  struct Options {
    // Paths, or patterns of glob(7): "/var/log/postfix/*.log". What rotation
    // made of a file is no file of its own, though a pattern may match it.
    std::vector<std::string> patterns;
    // For files that stand there when a pattern is followed first.
    FollowedFile::Start start = FollowedFile::Start::kBeginning;
    std::string position;  // empty, or of Position()
  };

  explicit FileSource(Options options);

  // The lines of a chunk are of one file. A chunk may have gaps and no lines.
  Result<LogChunk> Next(std::chrono::milliseconds wait) override;
  std::string Position() const override;
  void Interrupt() override { interrupter_.Interrupt(); }

 private:
  struct Pattern {
    std::string text;
    FollowedFile::Start start;
  };

  Result<void> CheckNames();
  void AddPaths(const Pattern& pattern);
  bool IsFollowed(const std::string& path) const;
  Result<bool> ReadAny(LogChunk* chunk);

  std::vector<Pattern> patterns_;
  Interrupter interrupter_;
  Watcher watcher_;
  std::vector<std::unique_ptr<FollowedFile>> files_;
  std::size_t at_ = 0;                              // the file read last
  const FollowedFile* reading_ = nullptr;           // of the last chunk
  std::chrono::steady_clock::time_point check_at_;  // at the latest
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_FILE_SOURCE_H_
