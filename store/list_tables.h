#ifndef POSTBOUNCE_STORE_LIST_TABLES_H_
#define POSTBOUNCE_STORE_LIST_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "store/decide.h"
#include "store/event.h"
#include "store/tables.h"

namespace postbounce {

// One difference in the list, as it goes into the change log.
struct Change {
  Timestamp time{};
  AddressId address{};
  Decision before;
  Decision after;
  std::string actor;  // who made it; empty: the fold itself
  std::string why;
};

// What a database must be able to do with the list, as Tables is for what it
// is made of. All within the transaction that Tables has begun.
class ListTables {
 public:
  virtual ~ListTables() = default;

  // The newest of the address's events that IsDecisive(); merged ones are left
  // out.
  virtual Result<std::vector<Event>> DecisiveEvents(AddressId address,
                                                    std::size_t limit) = 0;
  // Of a day and scope the last one is kept.
  virtual Result<void> InsertDelivery(AddressId address,
                                      const Acceptance& delivery) = 0;
  // The newest, at most kDeliveries.
  virtual Result<std::vector<Acceptance>> Deliveries(AddressId address) = 0;
  static constexpr std::size_t kDeliveries = 10'000;
  // The time of the oldest decisive event.
  virtual Result<std::optional<Timestamp>> FirstFailure(AddressId address) = 0;
  // Of the address, without those that were undone.
  virtual Result<std::vector<ListAction>> Actions(AddressId address) = 0;

  // The text of an address, or of a domain: "@example.org". Empty if it was
  // forgotten.
  virtual Result<std::string> TextOf(AddressId address) = 0;
  // What speaks against a domain, the newest.
  virtual Result<std::vector<DomainFailure>> DomainFailures(
      AddressId domain, std::size_t limit) = 0;

  // Each of another scope.
  virtual Result<std::vector<Decision>> Decisions(AddressId address) = 0;
  // One of kNone is removed.
  virtual Result<void> WriteDecision(AddressId address,
                                     const Decision& decision) = 0;
  // One from kNone to kNone is about the allow-list.
  virtual Result<void> AppendChange(const Change& change) = 0;

  // The keys of all addresses that have decisive events, and of domains that
  // events speak against.
  virtual Result<void> EachFailing(
      const std::function<void(const Key128&)>& each) = 0;

  // Addresses of which time alone changes what Decide() says, at most `limit`:
  // with deliveries of `settled_before`, which are marked, or with a
  // suppression that ended before `now`.
  virtual Result<std::vector<AddressId>> TakeRipe(Timestamp settled_before,
                                                  Timestamp now,
                                                  std::size_t limit) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LIST_TABLES_H_
