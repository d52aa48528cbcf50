#ifndef POSTBOUNCE_STORE_CORRELATE_H_
#define POSTBOUNCE_STORE_CORRELATE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "store/event.h"
#include "store/witness.h"

namespace postbounce {

// A way to find the message again that a mail is about. Values are stored.
enum class LinkKind {
  kQueueId = 1,     // queue id at its Reporting-MTA
  kMessageId = 2,   // Message-ID of the returned message
  kEnvelopeId = 3,  // ENVID
};

// Random keys make slow indexes: a link is found by day and 64-bit hash.
struct Link {
  LinkKind kind;
  std::int64_t day;    // since 1970: the arrival date's, else the mail date's
  std::uint64_t hash;  // first 8 bytes of SHA-256 over kind, host and id

  bool operator==(const Link&) const = default;
};

// The links of a mail, without duplicates.
std::vector<Link> LinksOf(const Mail& mail);

// An event of the witness's own address that shares a link with it.
struct Candidate {
  Event event;
  LinkKind shared;
};

// The event that `witness` is one more witness of; none: it is a new one.
// Pure. Two different final outcomes of one message are still one event.
std::optional<EventId> Correlate(const Witness& witness,
                                 std::span<const Candidate> candidates);

// The event after `witness` has spoken: a final outcome replaces a delay, and
// a failure replaces another outcome; else what was known first stays.
Event Revise(const Event& event, const Witness& witness);

// A new event of `witness` alone; the id is the store's to give.
Event EventOf(const Witness& witness, Timestamp time);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_CORRELATE_H_
