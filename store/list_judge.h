#ifndef POSTBOUNCE_STORE_LIST_JUDGE_H_
#define POSTBOUNCE_STORE_LIST_JUDGE_H_

#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "mime/text/result.h"
#include "store/decide.h"
#include "store/guard_keeper.h"
#include "store/list_tables.h"
#include "store/site_policy.h"

namespace postbounce {

// What becomes of one place on the list: of an address or a domain, in one
// scope.
struct Revision {
  Decision before;
  Decision after;
};

// Decides about an address or a domain by all that is known of it. Reads only;
// gives what differs from the list as it is written, in the order of scopes.
class ListJudge {
 public:
  // All must outlive the judge; the guard's alarms are loaded.
  ListJudge(ListTables* list, GuardKeeper* guard, const SitePolicy& policy,
            Timestamp now)
      : list_(*list), guard_(*guard), policy_(policy), now_(now) {}

  Result<std::vector<Revision>> Judge(AddressId address);
  // As if these were the decisive events of the address, whose text that is.
  Result<std::vector<Revision>> JudgeAddress(AddressId address,
                                             std::string_view text,
                                             std::vector<Event> events);
  // As if these spoke against the domain.
  Result<std::vector<Revision>> JudgeDomain(
      AddressId domain, std::vector<DomainFailure> failures);

  // Whether the list, and what further failures would do, is the same without
  // some of these failures.
  Result<bool> IsSameWithout(AddressId address, const std::set<EventId>& some);
  Result<bool> IsDomainSameWithout(AddressId domain,
                                   const std::set<EventId>& some);

 private:
  Result<std::vector<Revision>> Compare(AddressId address,
                                        const std::vector<Decision>& after);
  Result<std::optional<Decision>> JudgeDomainBy(
      AddressId domain, const std::set<EventId>& left_out);
  Result<void> Doubt(std::vector<DomainFailure>* failures);

  ListTables& list_;
  GuardKeeper& guard_;
  const SitePolicy& policy_;
  const Timestamp now_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LIST_JUDGE_H_
