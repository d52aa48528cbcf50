#ifndef POSTBOUNCE_STORE_REPLAY_TABLES_H_
#define POSTBOUNCE_STORE_REPLAY_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mime/text/mail_kind.h"
#include "mime/text/result.h"
#include "store/event.h"
#include "store/witness.h"

namespace postbounce {

// What a database must be able to do so that accounts can be judged again, as
// Tables is for storing them.
class ReplayTables {
 public:
  struct KnownAddress {
    AddressId id{};
    std::string text;  // ListTables::TextOf()
  };
  // An account, with the event that it tells of as that stands.
  struct Account {
    AddressId address{};
    MailId mail{};
    MailKind kind = MailKind::kOther;
    Event event;
    Witness witness;     // without the mailed address
    std::string stored;  // as EncodeWitness() has made it
  };
  struct Told {
    AddressId address{};
    std::optional<AddressId> domain;  // that it was held against
    Event event;
  };

  virtual ~ReplayTables() = default;

  // The next addresses, in the order of ids.
  virtual Result<std::vector<KnownAddress>> AddressesAfter(
      AddressId after, std::size_t limit) = 0;
  using Each = std::function<Result<void>(const Account&)>;
  // Calls `each` for every account of the address: newest event first, and
  // those of one event together.
  virtual Result<void> EachAccount(AddressId address, const Each& each) = 0;
  // The same of the failures that speak against a domain.
  virtual Result<void> EachAccountAgainst(AddressId domain,
                                          const Each& each) = 0;

  // Sets the account's verdict, and the rules of its mail: of which event it
  // tells, as that stands, if of any. kNotFound.
  virtual Result<std::optional<Told>> Rejudge(
      MailId mail, std::uint32_t ordinal, const Verdict& verdict,
      const std::string& rules_hash) = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_REPLAY_TABLES_H_
