#ifndef POSTBOUNCE_DAEMON_CLI_PROGRESS_H_
#define POSTBOUNCE_DAEMON_CLI_PROGRESS_H_

#include <chrono>
#include <cstdint>

namespace postbounce {

// Counts for a person who waits: from the second second on, a line on the
// terminal that standard error is. Silent where it is none, and where standard
// output goes to a terminal too and shows by itself how far things are.
class Progress {
 public:
  // With `is_silent`, standard output gets nothing.
  explicit Progress(bool is_silent = false);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Whether there is a terminal.
  bool is_watched() const { return watched_; }
  // A bar shows how much of this is done. 0: that is not known.
  void SetTotal(std::uint64_t total) { total_ = total; }
  // One more is done.
  void Step() { StepBy(1); }
  // So many more are.
  void StepBy(std::uint64_t count) { SetDone(done_ + count); }
  // So much is done.
  void SetDone(std::uint64_t done);
  // Takes the line away, to be called before anything else is written there.
  void Clear();

 private:
  using Clock = std::chrono::steady_clock;

  void Show() const;

  bool watched_;
  bool shown_ = false;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
  Clock::time_point next_;  // when to show the next number
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_PROGRESS_H_
