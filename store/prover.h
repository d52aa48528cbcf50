#ifndef POSTBOUNCE_STORE_PROVER_H_
#define POSTBOUNCE_STORE_PROVER_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mime/text/address.h"
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

// Binds the witnesses of one report to mail of ours: message *and* recipient,
// since who has had one mail of ours knows its ids, and may name others.
//
// Strong: our own Postfix made the report; the report came to an address that
// was signed for this recipient; the message had no other recipient; or the
// next server's id of the message is one that it gave to this recipient's
// delivery alone. Weak: an id that others know, too, or an unsigned VERP
// address. It counts only where the report has the null sender, and the client
// that brought it is the server that had taken the mail, or of the same
// registered domain, and none of this site's own. What a report proves by
// itself is not changed by a log that knows the message otherwise.
//
// Pure; for one thread, since `hasher` is.
class Prover {
 public:
  // All must outlive the prover.
  Prover(const Mail& report, const Candidates& candidates,
         const SitePolicy& policy, LogHasher* hasher, Timestamp now);

  Proven Prove(const Witness& witness) const;

 private:
  // The last attempt for each address.
  using Attempts = boost::unordered_flat_map<LogHash, const LogAttempt*>;
  // A message that the report may be about.
  struct Subject {
    const LogMessage* message = nullptr;
    const LogAttempt* by_next_id = nullptr;
    Attempts recipients;
    Attempts originals;  // null: of several recipients
  };
  // A delivery that the report is about.
  struct Match {
    const LogMessage* message = nullptr;
    const LogAttempt* attempt = nullptr;
    bool is_by_name = false;      // the recipient was named
    bool is_by_queue_id = false;  // the message was, by an id of its own
    bool is_unique = false;       // nobody else knows that id
  };

  std::optional<Match> Find(const Witness& witness) const;
  Subject SubjectOf(const LogMessage& message);
  std::optional<Match> FindIn(const Subject& subject,
                              const Witness& witness) const;
  const LogAttempt* ByName(const Subject& subject,
                           const Witness& witness) const;
  const LogAttempt* ByNextId(const LogMessage& message) const;
  bool IsNamed(std::string_view queue_id) const;
  bool IsTrusted(const LogMessage& message) const;
  bool IsReported(const LogMessage& message) const;
  bool IsProvenBy(const Witness& witness) const;  // without a log
  bool IsPassedOn(const LogMessage& message) const;
  bool IsShared() const;  // the Message-ID
  bool IsForGood(const Match& match) const;
  bool IsFromRelayOf(const Match& match) const;
  Proof ProofOf(const Witness& witness,
                const std::optional<Match>& match) const;
  Standing StandingOf(const Witness& witness, const std::optional<Match>& match,
                      Proof proof) const;
  Timestamp TimeOf(const std::optional<Match>& match) const;

  const Mail& report_;
  const Candidates& candidates_;
  const SitePolicy& policy_;
  LogHasher& hasher_;
  const Timestamp now_;
  std::vector<Subject> subjects_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_PROVER_H_
