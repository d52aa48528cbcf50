#ifndef POSTBOUNCE_DAEMON_LOG_JOINER_H_
#define POSTBOUNCE_DAEMON_LOG_JOINER_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "maillog/log_line.h"
#include "maillog/log_record.h"
#include "store/log_batch.h"

namespace postbounce {

// Whose raw lines are kept.
enum class KeepLines { kNone, kFailures, kAll };

// Puts the lines of one log together to messages, by their queue ids, and
// gives what came of them as parts. Pure; memory is bounded whatever the log
// holds: a message that it has forgotten is asked for again.
class LogJoiner {
 public:
  struct Hooks {
    // The message of this instance and queue id that is still in the queue at
    // that time, from what was stored before.
    std::function<std::optional<LogMessage>(
        const std::string& instance, const std::string& queue_id, Timestamp)>
        recall;
    // Sets reason and class of an attempt that was not delivered.
    std::function<void(const LogMessage&, LogAttempt*)> judge;
  };

  LogJoiner(KeepLines keep_lines, Hooks hooks)
      : keep_lines_(keep_lines), hooks_(std::move(hooks)) {}

  // One line, of which `raw` is the whole. Malformed ones are only counted.
  void Add(const LogLine& line, std::string_view raw);
  // A line that could not even be split.
  void AddBad(std::string_view raw, const char* what);
  void AddOther() { ++counters_.lines, ++counters_.other; }
  void AddGap(std::uint64_t gaps, std::string text);

  // What has come since the last time: of each message that was touched all
  // that is known of it, but of attempts, notices and lines what is new.
  std::vector<LogMessage> TakeMessages();
  LogCounters TakeCounters();

 private:
  using Attempts = boost::unordered_flat_map<std::string, LogAttempt>;

  // A message that may get more lines.
  struct Open {
    LogMessage message;  // attempts, notices and lines since the last time
    Attempts deferred;   // the last one of each recipient
    bool is_touched = false;
    std::size_t line_bytes = 0;  // of all its lines
    std::size_t bytes = 0;       // about what it takes between two batches
  };
  using OpenPointer = std::shared_ptr<Open>;
  // By instance and queue id.
  struct Id {
    std::string_view instance;
    std::string_view queue_id;
    bool operator==(const Id&) const = default;
  };
  struct IdHash {
    using is_transparent = void;
    std::size_t operator()(const Id& id) const;
    std::size_t operator()(const OpenPointer& open) const;
  };
  struct SameId {
    using is_transparent = void;
    bool operator()(const Id& a, const OpenPointer& b) const;
    bool operator()(const OpenPointer& a, const OpenPointer& b) const;
  };
  using Messages = boost::unordered_flat_set<OpenPointer, IdHash, SameId>;
  static Id IdOf(const OpenPointer& open);

  Open* Find(const LogLine& line, const LogRecord& record);
  bool MayAsk(const LogRecord& record);
  OpenPointer Recall(const LogLine& line, std::string_view queue_id);
  Open* Remember(OpenPointer open);
  void Forget(const Id& id);
  void StartGeneration();
  void Touch(const OpenPointer& open);
  void Drop(std::string* lines);
  void Update(Open* open, const LogLine& line, std::string_view raw);

  bool TakeOrigin(const LogLine& line, LogMessage* message);
  static void Wait(Open* open, const LogAttempt& attempt);

  // Each takes one kind of record.
  void Take(const LogLine& line, Open* open, const Delivery& delivery);
  void Take(const LogLine& line, Open* open, const Queued& queued);
  void Take(const LogLine& line, Open* open, const Expired& expired);
  void Take(const LogLine& line, Open* open, const Removed& removed);
  void Take(const LogLine& line, Open* open, const Client& client);
  void Take(const LogLine& line, Open* open, const Pickup& pickup);
  void Take(const LogLine& line, Open* open, const MessageId& id);
  void Take(const LogLine& line, Open* open, const Notice& notice);
  void Take(const LogLine&, Open*, const Rejection&) {}
  void Take(const LogLine&, Open*, const QueueMove&) {}

  void AddAttempt(Open* open, LogAttempt attempt);

  const KeepLines keep_lines_;
  const Hooks hooks_;
  // Two generations: what is asked for moves to the first; when that is full,
  // it becomes the second, whose rest is forgotten.
  Messages young_;
  Messages old_;
  std::size_t young_bytes_ = 0;
  std::vector<std::string> spare_;
  std::vector<OpenPointer> touched_;  // in the order of first lines
  std::size_t vain_recalls_ = 0;      // in a row
  std::size_t half_begun_ = 0;        // of which the first line was cleanup's
  LogCounters counters_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOG_JOINER_H_
