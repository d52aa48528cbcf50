#ifndef POSTBOUNCE_STORE_REPLAY_H_
#define POSTBOUNCE_STORE_REPLAY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "classifier/rule_set.h"
#include "classifier/verdict.h"
#include "mime/text/timestamp.h"
#include "store/event.h"
#include "store/site_policy.h"

namespace postbounce {

// An account whose evidence, which never changes, means something else by other
// rules.
struct Rejudged {
  MailId mail{};
  std::uint32_t ordinal = 0;
  Reason before = Reason::kUnknown;
  Verdict verdict;
};

// What would become of one place on the list.
struct ListDifference {
  std::string address;  // as first seen; "@example.org": the whole domain
  Decision before;
  Decision after;
};

// By what all that is kept is to be judged again. All must outlive the call.
struct ReplayQuery {
  const RuleSet* rules;
  MatchMemo* memo;  // of these rules
  const SitePolicy* policy;
  Timestamp now{};
  AddressId after{};  // ReplayPage::next of the page before; 0: the start
};

// Some hundred accounts, or all of one address.
struct ReplayPage {
  std::size_t witnesses = 0;  // that were looked at
  std::vector<Rejudged> rejudged;
  std::vector<ListDifference> differences;
  std::vector<AddressId> different;  // addresses of which these are
  std::optional<AddressId> next;     // none: this is the last page
};

// Applies what a page, or a part of it, says: these accounts mean what is said
// here, and the list says of their addresses, and of the others that are named,
// what follows from all that is known. Once more, it changes nothing.
struct Replay {
  std::vector<Rejudged> rejudged;
  std::vector<AddressId> addresses;
  std::string rules_hash;  // RuleSet::hash() of the verdicts
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_REPLAY_H_
