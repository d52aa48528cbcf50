#ifndef POSTBOUNCE_DAEMON_LOG_FOLLOWER_H_
#define POSTBOUNCE_DAEMON_LOG_FOLLOWER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "daemon/committer.h"
#include "daemon/log_reading.h"
#include "daemon/log_source.h"

namespace postbounce {

// Follows one source: a thread that reads, joins, judges and hands over
// batches in their order, each when the one before is stored. What could not
// be stored is tried again, so that no line is lost.
class LogFollower {
 public:
  struct Hooks {
    std::function<void(SharedLogBatch, Committer::Done)> submit;
    // What troubles the source.
    std::function<void(const std::string&)> complain;
    // Why a batch cannot be stored, which is tried again.
    std::function<void(const std::string&)> blocked;
    // After each batch; may be empty.
    std::function<void(const LogBatch&, const Outcome&)> stored = {};
  };

  // `ends`: the first chunk that is_end without lines is the last.
  LogFollower(std::unique_ptr<LogSource> source, LogReading reading,
              Hooks hooks, bool ends = false);
  // Stop().
  ~LogFollower();

  // After a reload; from any thread.
  void Use(LogReading::Settings settings);

  // Waits until a source that ends has ended, and all of it is stored, or for
  // so long: whether it has.
  bool WaitForEnd(std::chrono::milliseconds time);

  // Lets the thread end soon, without waiting for it.
  void Interrupt();

  // Ends the thread; what is not stored is read again at the next start.
  void Stop();

 private:
  void Run();
  bool Read(std::chrono::milliseconds wait);
  bool HasNews() const;
  void Complain(const Error& error,
                const std::function<void(const std::string&)>& to);
  void TakeSettings();
  void HandOver();
  void Submit(SharedLogBatch batch);
  bool WaitForStored();

  const std::unique_ptr<LogSource> source_;
  LogReading reading_;  // of the thread
  const Hooks hooks_;
  const bool ends_;
  bool is_at_end_ = false;  // of the thread
  std::string position_;    // handed over last; of the thread
  std::string complaint_;   // the last one, not to repeat it

  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::optional<LogReading::Settings> fresh_;
  SharedLogBatch pending_;  // handed over, not stored yet
  std::optional<Result<Outcome>> stored_;
  bool has_ended_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOG_FOLLOWER_H_
