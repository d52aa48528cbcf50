#ifndef POSTBOUNCE_DAEMON_LOGS_JOURNAL_SOURCE_H_
#define POSTBOUNCE_DAEMON_LOGS_JOURNAL_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/log_source.h"
#include "daemon/logs/watcher.h"

struct sd_journal;

namespace postbounce {

// Follows the systemd journal. Exact: the position is journald's cursor. What
// journald suppressed, or has removed before it was read, is a gap.
class JournalSource : public LogSource {
 public:
  enum class Start { kBeginning, kEnd };

  struct Options {
    // "FIELD=value" as for journalctl: of one field any, of several all.
    std::vector<std::string> matches = {"SYSLOG_FACILITY=2"};
    std::string directory;            // empty: this system's own journal
    Start start = Start::kBeginning;  // without a position
    std::string position;             // empty, or of Position()
  };

  static Result<std::unique_ptr<JournalSource>> Open(Options options);
  ~JournalSource() override;

  // Of Line all members are set. A chunk may have gaps and no lines.
  Result<LogChunk> Next(std::chrono::milliseconds wait) override;
  std::string Position() const override;
  void Interrupt() override { interrupter_.Interrupt(); }

 private:
  struct Close {
    void operator()(sd_journal* journal) const;
  };
  // Where the members of a line are in text_.
  struct Entry {
    std::size_t tag = 0, host = 0, text = 0, end = 0;
    Timestamp time{};
  };

  JournalSource(sd_journal* journal, Options options);

  Result<void> Begin();
  Result<void> GoTo(const std::string& cursor);
  Result<void> ReadAll();
  void AddEntry(std::string_view tag);
  void TakeSuppression();
  bool IsOurs(std::string_view unit) const;
  std::string_view Field(const char* name);
  void KeepCursor();
  void Fill(LogChunk* chunk);
  Error Failure(const char* what, int code) const;

  std::unique_ptr<sd_journal, Close> journal_;
  Options options_;
  Interrupter interrupter_;
  std::string cursor_;  // of the last entry given; empty: none was there
  bool has_begun_ = false;
  bool is_on_entry_ = false;  // which is to be given next
  bool is_first_ = true;      // no line was given yet
  std::string complaint_;     // told already
  std::uint64_t gaps_ = 0;
  std::string gap_text_;
  std::string text_;  // of the entries of a chunk
  std::vector<Entry> entries_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_JOURNAL_SOURCE_H_
