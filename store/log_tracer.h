#ifndef POSTBOUNCE_STORE_LOG_TRACER_H_
#define POSTBOUNCE_STORE_LOG_TRACER_H_

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/decide.h"
#include "store/log_parts.h"
#include "store/log_writer.h"
#include "store/site_policy.h"
#include "store/witness.h"

namespace postbounce {

// The messages that a report may be about.
struct Candidates {
  // The nearest to the report's Arrival-Date first, at most kMost.
  std::vector<LogMessage> messages;
  // There may be more of them than were looked for.
  bool is_cut = false;
  // Those of them that a stranger had sent here first: mail of his that is sent
  // on is none of ours.
  std::vector<MessageRef> forwarded;

  std::size_t looked_at = 0;  // parts of messages
  std::size_t strangers = 0;  // messages that are none of ours

  static constexpr std::size_t kMost = 16;
  // Anybody can send us mail under a Message-ID that he knows.
  static constexpr std::size_t kMostStrangers = 4;
  static constexpr std::size_t kMostLookedAt = 256;
};

// A message is looked for around the report's Arrival-Date first; one that is
// farther from it may be another, of the same queue id.
inline constexpr std::chrono::hours kArrivalSlack{2};

// Finds the messages of the logs that a report may be about, for the thread
// that writes: what a batch has just stored is found by the next mail.
class LogTracer {
 public:
  // All must outlive the tracer.
  LogTracer(LogTables* tables, LogWriter* writer, const AddressKeys* keys);

  // The messages with a queue id that the report names, or that the next server
  // called so, and which had come in before the report did, within some days;
  // where there are none, those with its Message-ID. What is looked at for one
  // report is bounded, since anybody can send one.
  Result<Candidates> Trace(const Mail& report, const SitePolicy& policy);

  // Whether a stranger brought a mail with that sender and Message-ID before
  // that time, and we had sent none of it before he did: what we send may come
  // back. A list that sends mail on has a sender of its own.
  Result<bool> WasBrought(std::string_view message_id, std::string_view sender,
                          Timestamp before, const Origin& origin);

  // Mail that other servers took since then for an address, as LogHasher knows
  // it.
  Result<std::vector<Acceptance>> TakenSince(LogHash recipient, Timestamp since,
                                             const SitePolicy& policy);

  // The transaction was rolled back.
  void Forget() { parts_.Forget(); }

 private:
  struct Window {
    Timestamp from;
    Timestamp to;
    Timestamp middle;  // what lies nearest is looked at first
    const Origin* origin;
  };
  struct Key {
    LogKeyKind kind;
    LogHash hash;
  };
  Result<void> Collect(std::span<const Key> keys, const Window& window,
                       Candidates* found);
  // Those that may have the key, the nearest to the middle first.
  Result<std::vector<const SegmentInfo*>> Having(
      const Key& key, std::span<const SegmentInfo* const> segments,
      const Window& window) const;
  Result<void> CollectFrom(const SegmentInfo& segment, const Key& key,
                           const Window& window, Candidates* found);
  Result<void> FindForwarded(const Origin& origin, Candidates* found);
  // A mail that was in the queue under some Message-ID.
  struct Copy {
    Timestamp first_seen;
    std::optional<std::string> sender;
    bool may_be_ours;
  };
  Result<std::vector<Copy>> CopiesOf(LogHash message_id, Timestamp from,
                                     Timestamp to, const Origin& origin);
  static bool IsBrought(std::span<const Copy> copies, std::string_view sender,
                        Timestamp before);

  static std::vector<Key> QueueIdsOf(const Facts& facts);
  static std::vector<Key> MessageIdsOf(const Facts& facts);
  friend std::vector<LogHash> AwaitedIds(const Facts& facts);

  LogWriter& writer_;
  LogParts parts_;
  LogHasher hasher_;
};

// True for an attempt by which another server has taken a mail. Only that says
// something about the recipient.
bool IsTaken(const LogAttempt& attempt, const SitePolicy& policy);

// Hashes of all ids of a report that a line of a log may have: what the report
// waits for. Without duplicates.
std::vector<LogHash> AwaitedIds(const Facts& facts);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_TRACER_H_
