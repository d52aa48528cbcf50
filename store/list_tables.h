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
  // One that is there already stays.
  virtual Result<void> InsertDelivery(AddressId address,
                                      const Acceptance& delivery) = 0;
  // The newest.
  virtual Result<std::vector<Acceptance>> Deliveries(AddressId address,
                                                     std::size_t limit) = 0;
  // Of the address, without those that were undone.
  virtual Result<std::vector<ListAction>> Actions(AddressId address) = 0;

  // Each of another scope.
  virtual Result<std::vector<Decision>> Decisions(AddressId address) = 0;
  // One of kNone is removed.
  virtual Result<void> WriteDecision(AddressId address,
                                     const Decision& decision) = 0;
  virtual Result<void> AppendChange(const Change& change) = 0;

  // The keys of all addresses that have decisive events.
  virtual Result<void> EachFailing(
      const std::function<void(const Key128&)>& each) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LIST_TABLES_H_
