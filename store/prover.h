#ifndef POSTBOUNCE_STORE_PROVER_H_
#define POSTBOUNCE_STORE_PROVER_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <optional>
#include <span>

#include "mime/text/address.h"
#include "store/delivery_finder.h"
#include "store/log_keys.h"
#include "store/log_tracer.h"
#include "store/site_policy.h"
#include "store/witness.h"

namespace postbounce {

// What a witness has turned out to be.
struct Proven {
  Binding binding;
  // The address that left this site, if the logs know it better than the
  // report.
  std::optional<Address> mailed;
  // Nothing that may still come from a log will change this.
  bool is_final = false;
};

// True if all are.
bool IsFinal(std::span<const Proven> proven);

// Binds the witnesses of one report to mail of ours: message *and* recipient,
// since who has had one mail of ours knows its ids, and may name others.
//
// Strong: our own Postfix made the report; the report came to an address that
// was signed for this recipient; or the report knows two things of a delivery,
// of which one is an id that nobody else has: of a message that had no other
// recipient, or one that the next server gave to this delivery alone. They are
// ids, the Message-ID, and the recipient's name: one by itself is soon guessed.
// Weak: a single one, an id that others know, too, or an unsigned VERP address.
// It counts only where the report has the null sender, and the client that
// brought it is the server that had taken the mail, or of the same registered
// domain, and none of this site's own. What a report proves by itself is not
// changed by a log that knows the message otherwise.
//
// Where a server passes a mail on to several, what it says of one of them says
// nothing of the address that they stand for.
//
// Pure; for one thread, since `hasher` is.
class Prover {
 public:
  // All must outlive the prover. `witnesses` are all that the report has.
  Prover(const Mail& report, std::span<const Witness> witnesses,
         const Candidates& candidates, const SitePolicy& policy,
         LogHasher* hasher, Timestamp now);

  Proven Prove(const Witness& witness) const;

 private:
  using Match = std::optional<FoundDelivery>;

  LogHash TargetOf(const Witness& witness, const Match& match) const;
  bool IsOneOfSeveral(const Witness& witness, const Match& match) const;
  bool IsAmongGuesses(const FoundDelivery& match) const;
  bool IsForGood(const FoundDelivery& match) const;
  bool IsFromRelayOf(const FoundDelivery& match) const;
  bool IsSaidByOthers(const Witness& witness) const;
  Proof ProofOf(const Witness& witness, const Match& match) const;
  Standing StandingOf(const Witness& witness, const Match& match,
                      Proof proof) const;
  Timestamp TimeOf(const Match& match) const;

  const Mail& report_;
  const SitePolicy& policy_;
  LogHasher& hasher_;
  const Timestamp now_;
  const DeliveryFinder finder_;
  // Whom a block names for an address, and the addresses with several such.
  boost::unordered_flat_map<LogHash, LogHash> members_;
  boost::unordered_flat_set<LogHash> groups_;
  // Whose mail is meant by blocks that name others.
  boost::unordered_flat_set<LogHash> nameless_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_PROVER_H_
