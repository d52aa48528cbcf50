#ifndef POSTBOUNCE_STORE_DELIVERY_FINDER_H_
#define POSTBOUNCE_STORE_DELIVERY_FINDER_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "store/log_keys.h"
#include "store/log_tracer.h"
#include "store/site_policy.h"
#include "store/witness.h"

namespace postbounce {

// A delivery that a block of a report is about, and how far the report shows
// that it knows of it. Whoever guesses one id does not know another.
struct FoundDelivery {
  const LogMessage* message = nullptr;
  const LogAttempt* attempt = nullptr;  // the last one for the recipient
  bool is_ours = false;                 // see Origin::IsOurs()
  bool is_by_name = false;              // the recipient was named
  bool is_by_queue_id = false;          // our own id of the message was
  // The next server's was, which has given it to this delivery alone.
  bool is_by_next_id = false;
  bool is_by_message_id = false;
  bool is_contradicted = false;  // the report has another Message-ID
  // Nobody else had a mail that the named ids are of.
  bool is_unique = false;
};

// True if the report's own Postfix, or its address, proves whom it is about.
bool IsProvenAlone(const Facts& facts, const Witness& witness);

// Finds them among the messages that the logs have for a report. Pure; for one
// thread, since `hasher` is.
class DeliveryFinder {
 public:
  // All must outlive the finder.
  DeliveryFinder(const Facts& facts, const Candidates& candidates,
                 const SitePolicy& policy, LogHasher* hasher);

  // Rather one of our mail, and one that names the recipient; of these the
  // nearest to the Arrival-Date. Where the report has none, two that fit are as
  // good as none, unless they had the same recipient and nobody else.
  std::optional<FoundDelivery> Find(const Witness& witness) const;

 private:
  // The last attempt for each address.
  using Attempts = boost::unordered_flat_map<LogHash, const LogAttempt*>;
  // A message that the report may be about.
  struct Subject {
    const LogMessage* message = nullptr;
    const LogAttempt* by_next_id = nullptr;
    Attempts recipients;
    Attempts originals;  // null: of several recipients
    bool is_of_one = false;
  };

  Subject SubjectOf(const LogMessage& message) const;
  bool IsOfOne(const Subject& subject) const;
  std::optional<FoundDelivery> FindIn(const Subject& subject,
                                      const Witness& witness) const;
  const LogAttempt* ByName(const Subject& subject,
                           const Witness& witness) const;
  const LogAttempt* ByNextId(const LogMessage& message) const;
  bool IsNamed(std::string_view queue_id) const;
  bool IsReported(const LogMessage& message) const;
  bool IsPassedOn(const LogMessage& message) const;
  bool IsOurs(const LogMessage& message, const LogAttempt& attempt) const;
  bool IsCopy(const Subject& subject) const;
  static bool HaveOneReader(const Subject& one, const Subject& other);
  bool IsShared() const;  // the Message-ID

  const Facts& facts_;
  const Candidates& candidates_;
  const SitePolicy& policy_;
  LogHasher& hasher_;
  std::vector<Subject> subjects_;
  bool is_shared_ = false;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_DELIVERY_FINDER_H_
