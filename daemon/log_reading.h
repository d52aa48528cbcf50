#ifndef POSTBOUNCE_DAEMON_LOG_READING_H_
#define POSTBOUNCE_DAEMON_LOG_READING_H_

#include <memory>
#include <optional>
#include <string>

#include "daemon/log_joiner.h"
#include "daemon/log_judge.h"
#include "daemon/log_source.h"
#include "daemon/runtime.h"
#include "daemon/site.h"
#include "maillog/stamp.h"
#include "store/log_batch.h"
#include "store/reader.h"

namespace postbounce {

// Makes batches of the chunks of one source: splits, joins and judges lines.
// For one thread.
class LogReading {
 public:
  // What a reload replaces.
  struct Settings {
    std::shared_ptr<const Runtime> runtime;
    std::shared_ptr<const Site> site;
  };
  struct Options {
    std::string log;
    bool is_import = false;
    bool counts = true;  // whether the list may change for what is read
    KeepLines keep_lines = KeepLines::kFailures;
  };

  LogReading(Options options, Settings settings,
             std::unique_ptr<Reader> reader);
  LogReading(LogReading&&) noexcept;
  ~LogReading();

  void Use(Settings settings);
  const std::string& log() const { return options_.log; }

  void Add(const LogChunk& chunk, Timestamp now);
  bool is_empty() const { return lines_ == 0 && !has_gap_; }
  // As much as a transaction should hold.
  bool is_full() const {
    return lines_ >= kLines || bytes_ >= kBytes || *failures_ >= kFailures;
  }
  // What came since the last time; `position` as LogSource::Position().
  LogBatch Take(std::string position);

 private:
  static constexpr std::size_t kLines = 4000;
  static constexpr std::size_t kBytes = 2u << 20;
  static constexpr std::size_t kFailures = 250;  // each changes the list

  void AddLine(const LogChunk::Line& line, Timestamp now);
  const char* FaultOf(Timestamp time, Timestamp now) const;
  void AddFailures(std::size_t number, LogBatch* batch) const;

  const Options options_;
  Settings settings_;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<LogJudge> judge_;
  std::unique_ptr<LogJoiner> joiner_;
  std::optional<StampReader> stamps_;
  std::size_t lines_ = 0;
  std::size_t bytes_ = 0;  // of them
  std::unique_ptr<std::size_t> failures_ = std::make_unique<std::size_t>(0);
  bool has_gap_ = false;
};

// What store.log_lines says.
KeepLines KeepLinesOf(const Config& config);

// The UTC second of a local time on this host, for StampReader. Not
// thread-safe where the environment's TZ changes.
std::int64_t LocalToUtc(std::int64_t local);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOG_READING_H_
