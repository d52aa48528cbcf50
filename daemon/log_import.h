#ifndef POSTBOUNCE_DAEMON_LOG_IMPORT_H_
#define POSTBOUNCE_DAEMON_LOG_IMPORT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/import_source.h"
#include "daemon/log_follower.h"
#include "daemon/log_reading.h"
#include "store/reader.h"

namespace postbounce {

// The name under which old logs are kept; no [[log]] may have it.
inline constexpr const char* kImportLog = "import";

// Reads old logs into the store. Without `apply` all of it is stored but the
// list stays as it is, and the addresses are counted that would come onto it.
class LogImport {
 public:
  struct Options {
    bool apply = false;
    std::optional<int> first_year;
    KeepLines keep_lines = KeepLines::kFailures;
    std::string warning;  // of the report
  };
  struct Readers {
    std::unique_ptr<Reader> recall;
    std::unique_ptr<Reader> list;
  };
  struct Report {
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_total = 0;  // of files; a pipe has none
    LogCounters counters;
    std::uint64_t attempts = 0;      // that were not known
    std::uint64_t failures = 0;      // among all that were read
    std::uint64_t suppressions = 0;  // addresses on the list for them, or that
                                     // would be; up to kMaxSuppressions
    std::vector<std::string> examples;  // at most 20 of these
    std::vector<std::string> errors;    // files that could not be read
    std::string blocked;  // why it does not go on now; empty: it does
    std::string warning;  // what is wrong with all of it
  };
  // The addresses are counted in memory.
  static constexpr std::size_t kMaxSuppressions = 500'000;

  // `submit` as LogFollower's. Begins at once.
  LogImport(std::vector<LogBytes> files, Options options,
            LogReading::Settings settings, Readers readers,
            std::function<void(SharedLogBatch, Committer::Done)> submit);
  ~LogImport();

  // Waits for the end, or so long: whether it has ended.
  bool Wait(std::chrono::milliseconds time);
  // Ends early, without waiting for it; what was stored stays.
  void Interrupt();
  // The same, and waits.
  void Stop();
  // From any thread.
  Report Now() const;

 private:
  void Count(const LogBatch& batch, const Outcome& outcome);
  bool IsSuppression(const LogFailure& failure);

  const Options options_;
  const std::unique_ptr<Reader> list_;
  ImportSource* source_ = nullptr;  // the follower's

  mutable std::mutex mutex_;
  Report report_;
  // Of the follower's thread: what addresses have failed for so far.
  struct Failing {
    std::vector<Event> events;
    bool is_counted = false;
  };
  const std::shared_ptr<const Site> site_;
  std::map<Key128, Failing> failing_;
  std::unique_ptr<LogFollower> follower_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOG_IMPORT_H_
