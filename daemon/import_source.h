#ifndef POSTBOUNCE_DAEMON_IMPORT_SOURCE_H_
#define POSTBOUNCE_DAEMON_IMPORT_SOURCE_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/log_source.h"
#include "daemon/logs/log_bytes.h"
#include "daemon/logs/log_reader.h"
#include "daemon/logs/watcher.h"

namespace postbounce {

// How far log files were imported, as a line of JSON: the newest files are
// remembered by their first line, so that they may be renamed and compressed.
class ImportPosition {
 public:
  // Unreadable text remembers nothing.
  static ImportPosition Parse(std::string_view text);
  std::string ToString() const;

  std::optional<LogIdentity> Find(std::uint64_t first) const;
  void Set(const LogIdentity& identity);

 private:
  std::deque<LogIdentity> files_;  // the one written last is the last
};

// Old log files, each from where it was left to its end, in order of the time
// of their first lines. Pipes come last.
class ImportSource : public LogSource {
 public:
  struct Options {
    // ImportPosition; none: files are read from the beginning, and it is not
    // remembered that they were.
    std::optional<std::string> position;
    // Of the first line of all, if it has none; else guessed from when its file
    // was written.
    std::optional<int> first_year;
  };

  ImportSource(std::vector<LogBytes> files, Options options);

  // An error is of one file, whose rest is left out. A last line without its
  // end is, unless no more can come.
  Result<LogChunk> Next(std::chrono::milliseconds wait) override;
  std::string Position() const override;
  void Interrupt() override { interrupter_.Interrupt(); }

  // Of all files, as they lie on the disk; from any thread.
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_total() const { return bytes_total_; }

 private:
  struct File {
    std::unique_ptr<LogReader> reader;
    bool is_pipe = false;
    Timestamp first = Timestamp::max();
    Timestamp written{};
    std::uint64_t size = 0;
  };

  void LookAtAll();
  static void Look(File* file);
  void CorrectYears();
  bool IsReady(const File& file, std::chrono::milliseconds wait) const;
  Result<void> Begin(File* file);
  Result<void> Read(File* file, LogChunk* chunk);
  void End();

  const Options options_;
  Interrupter interrupter_;
  ImportPosition position_;
  std::deque<File> files_;  // the first is being read
  bool has_looked_ = false;
  bool has_begun_ = false;          // with the first file
  bool is_done_ = false;            // with it
  std::uint64_t bytes_before_ = 0;  // of the files that are done
  std::atomic<std::uint64_t> bytes_read_ = 0;
  std::atomic<std::uint64_t> bytes_total_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IMPORT_SOURCE_H_
