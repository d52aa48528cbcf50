#ifndef POSTBOUNCE_DAEMON_COMMITTER_H_
#define POSTBOUNCE_DAEMON_COMMITTER_H_

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/store.h"

namespace postbounce {

class CounterShare;

// Owns the one thread that writes. What arrives while a transaction is being
// committed becomes the next one: a group commit. After each COMMIT the
// changes of the list are told before anything is acknowledged, so that no
// answer runs ahead of the index.
class Committer {
 public:
  // The write's own outcome, or why nothing of it is stored.
  using Done = std::function<void(const Result<Outcome>&)>;

  struct Hooks {
    // Runs a function on the loop's thread. Called from the writing thread.
    std::function<void(std::function<void()>)> post;
    // Called from the writing thread, before acknowledgements are posted.
    std::function<void(std::span<const ListChange>)> changed;
    // Called on the loop's thread, of alarms of the outage guard.
    std::function<void(const Alarm&)> alarmed;
    std::function<Timestamp()> now;
    // A sentence about the store's trouble, for the log; from any thread.
    std::function<void(const std::string&)> complain;
    // What the writing thread counts by; may be null.
    CounterShare* counters = nullptr;
  };

  // `store` must outlive the committer.
  Committer(Store* store, Hooks hooks);
  // Stop().
  ~Committer();

  // Queues a write; `done` is called once, on the loop's thread, when it is
  // durable or has failed. The queue is bounded by the bytes that `done`
  // holds a share of (ByteBudget), not here. After Stop: kUnavailable.
  void Submit(Write write, Done done);

  // Queues a batch of a log. While there are other writes, batches get a third
  // of the time at most, one at once, so that intake does not wait for a log.
  // `done` is called on the writing thread. The caller has at most one batch
  // here at a time.
  void SubmitLog(SharedLogBatch batch, Done done);

  // Writes and batches that wait. For any thread.
  std::size_t waiting() const;

  // Writes what is queued, then ends the thread. The last acknowledgements
  // are posted before it returns. Idempotent.
  void Stop();

 private:
  struct Item {
    Write write;
    Done done;
  };

  using Clock = std::chrono::steady_clock;

  void Run();
  bool WaitForWork(std::unique_lock<std::mutex>* lock);
  bool IsLogDue() const;
  std::optional<Item> NextLog();
  std::vector<Item> NextGroup();
  void Commit(std::vector<Item> group);
  void CommitLog(Item item);
  void Tidy();
  void Count(const Result<std::vector<Result<Outcome>>>& outcomes,
             std::size_t writes, Clock::time_point begin) const;

  Store* const store_;
  const Hooks hooks_;
  mutable std::mutex mutex_;
  std::condition_variable wakeup_;
  std::vector<Item> queue_;
  std::deque<Item> logs_;
  bool stopping_ = false;
  // Of the thread alone.
  std::size_t since_checkpoint_ = 0;  // writes
  bool is_shared_ = false;            // others wrote since the last log batch
  Clock::time_point log_due_;
  std::thread thread_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_COMMITTER_H_
