#ifndef POSTBOUNCE_STORE_MAIL_APPLIER_H_
#define POSTBOUNCE_STORE_MAIL_APPLIER_H_

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "store/address_keys.h"
#include "store/guard_keeper.h"
#include "store/list_fold.h"
#include "store/log_tracer.h"
#include "store/log_watch.h"
#include "store/prover.h"
#include "store/tables.h"

namespace postbounce {

// What is needed to store accounts of failures. All must outlive its users.
struct ApplierParts {
  Tables* tables;
  ListTables* list;
  const AddressKeys* keys;
  LogTracer* tracer;
  LogWatch* watch;
  LogHasher* hasher;
  GuardKeeper* guard;
  const SitePolicy* policy;
  Timestamp now;
  // What is later no log has told of before this item.
  Timestamp logs_until;
};

// Stores one mail, or binds one anew that is stored: each witness becomes one
// more account of an event. What the list may change for is left to `fold`.
class MailApplier {
 public:
  MailApplier(const ApplierParts& parts, ListFold* fold)
      : parts_(parts), tables_(*parts.tables), fold_(*fold) {}

  // One that is not known yet.
  Result<MailId> Add(const Mail& mail);
  // More is known of the mail that a report may be about. How many witnesses
  // had to be looked at, which is what it costs.
  Result<std::size_t> JudgeAgain(MailId report);
  // A mail that is known comes once more. Who brought it may be better known
  // this time: a milter does not see what Postfix writes on top.
  Result<void> LearnOrigin(MailId known, const Facts& facts);
  // An account by a log, which is known, is bound as `account` says.
  Result<void> Rebind(MailId known, const Mail& account);
  // Accounts of the event, which stands as `before`, mean something else. The
  // guard does not count it: it has, when the event came to be.
  Result<void> Rebuild(AddressId address, const Event& before);

 private:
  // An address that this mail speaks of. `events` are those that share a link
  // with the mail, and those that its own witnesses have made: two blocks of
  // one report for one address are one event, even without any link.
  struct Touched {
    std::vector<Event> events;
    std::vector<Link> links;  // with which `events` was looked for
  };

  // A witness that is bound anew.
  struct Moving {
    BoundWitness* bound = nullptr;
    std::optional<EventId> from;
    bool is_same_address = true;
  };
  // An event that some witnesses have left.
  struct Left {
    AddressId address{};
    std::vector<ActionId> undos;
  };

  // As the store knows the mail by now.
  Result<std::vector<Proven>> ProveAll(const Mail& mail,
                                       std::span<const Witness> witnesses);
  Result<Standing> StandingOfLine(const Mail& account, Standing said);
  Result<void> Place(const Mail& mail, BoundWitness* witness);
  Result<void> FindEvents(AddressId address, std::span<const Link> links,
                          Touched* touched);
  // `was_decisive`: of what the event is made of.
  Result<Event> Join(AddressId address, const Witness& witness,
                     Touched* touched, bool* was_decisive);
  // How many witnesses were looked at.
  Result<std::size_t> MoveAll(MailId id, KnownMail* known,
                              std::span<const Proven> proven);
  bool Bind(const Proven& proven, Moving* moving) const;
  Result<std::size_t> Leave(EventId left, Left* what);
  Result<void> Weigh(AddressId address, const Address& mailed,
                     const Event& event, bool was_decisive);
  Result<void> BlameDomain(const Address& mailed, const Event& event);
  // The event may have been held against a domain.
  Result<void> TouchDomain(EventId event);
  Result<void> LookForDeliveries(AddressId address, const Address& mailed,
                                 const Event& event);

  const ApplierParts parts_;
  Tables& tables_;
  ListFold& fold_;
  std::map<AddressId, Touched> touched_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_MAIL_APPLIER_H_
