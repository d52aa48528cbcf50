#ifndef POSTBOUNCE_STORE_CORRELATE_H_
#define POSTBOUNCE_STORE_CORRELATE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "store/event.h"
#include "store/witness.h"

namespace postbounce {

// A way to find the message again that a mail is about. Values are stored.
enum class LinkKind {
  kQueueId = 1,     // queue id at its Reporting-MTA
  kMessageId = 2,   // Message-ID of the returned message
  kEnvelopeId = 3,  // ENVID at a Reporting-MTA, of one Arrival-Date
  kMessage = 4,     // a message of the logs
};

// Random keys make slow indexes: a link is found by day and 64-bit hash.
struct Link {
  LinkKind kind;
  std::int64_t day;    // since 1970: the arrival date's, else the mail date's
  std::uint64_t hash;  // first 8 bytes of SHA-256 over kind, host and id

  bool operator==(const Link&) const = default;
};

// The links of a mail, without duplicates. What is safe to join, given that
// the store compares links of one and the same recipient only:
//  - a queue id, since an MTA has one such message within a few days;
//  - a Message-ID: copies of one message to one recipient share it, and are
//    one message for all that is counted;
//  - an ENVID only with its Reporting-MTA and Arrival-Date, since some senders
//    give one ENVID to a whole campaign.
// Host names are compared without case.
std::vector<Link> LinksOf(const Mail& mail);
Link LinkOf(const MessageRef& message);

// Two links join when they are equal but for at most this many days.
inline constexpr std::int64_t kLinkDays = 1;

// The events that `witness` is one more account of, oldest first; none: it is
// a new one. More than one: they have turned out to be one and the same.
// `candidates` are the events of the witness's own address that share a link
// with it. Pure. Two different final outcomes of one message are still one
// event, but a complaint or an automatic reply is no outcome: it joins only
// its like. Two messages of the logs are never one, whatever else they share;
// nor is one that a log knows and one that none does: of two copies with one id
// no order of accounts may decide which is meant.
std::vector<Event> Correlate(const Witness& witness,
                             std::span<const Event> candidates);

// `event` after another account of it: one that counts outweighs one that does
// not, and then of the two outcomes the weightier one stays, with its time; of
// equal ones the earlier. A failure outweighs another final outcome, that
// outweighs a delay, and of two failures the one that says more of the address.
// The result is the same in whatever order accounts come.
Event Revise(const Event& event, const Event& account);

// A new event of `witness` alone; the id is the store's to give.
Event EventOf(const Witness& witness);
// The same of all that tell of it; at least one.
Event EventOf(std::span<const Witness> witnesses);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_CORRELATE_H_
