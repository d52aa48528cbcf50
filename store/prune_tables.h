#ifndef POSTBOUNCE_STORE_PRUNE_TABLES_H_
#define POSTBOUNCE_STORE_PRUNE_TABLES_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "mime/text/result.h"
#include "store/event.h"

namespace postbounce {

// What a database must be able to do to forget what is old, as Tables is for
// the rest.
class PruneTables {
 public:
  virtual ~PruneTables() = default;

  // The oldest mails that came before, without those that wait for a person or
  // to be forwarded.
  virtual Result<std::vector<MailId>> MailsBefore(Timestamp before,
                                                  std::size_t limit) = 0;
  // With its witnesses.
  virtual Result<void> DeleteMail(MailId mail) = 0;

  struct Kept {
    Event event;  // without what the outage guard makes of it
    AddressId address{};
    std::optional<AddressId> domain;  // that it speaks against
    bool has_witness = false;
    bool was_undone = false;  // once, though that may be undone itself
  };
  // What others were merged into stands for them. Nothing: it is gone.
  virtual Result<std::optional<Kept>> LoadEvent(EventId event) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_PRUNE_TABLES_H_
