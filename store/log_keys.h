#ifndef POSTBOUNCE_STORE_LOG_KEYS_H_
#define POSTBOUNCE_STORE_LOG_KEYS_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "store/address_keys.h"
#include "store/log_message.h"

namespace postbounce {

// What messages of the log are found by. Values are stored; do not change
// them.
enum class LogKeyKind : std::uint8_t {
  kQueueId = 0,
  kMessageId = 1,
  kRecipient = 2,
  kSender = 3,
  kDomain = 4,   // of a recipient
  kNextId = 5,   // what the next server called it: "queued as"
  kAttempt = 6,  // one attempt, so that its line counts once
};
inline constexpr std::size_t kLogKeyKinds = 7;

// 64 bits of a key: what they find has to be compared with what was sought.
using LogHash = std::uint64_t;

// Ids are no secrets; case and angle brackets of a Message-ID do not count,
// nor does the case of a domain, or whether it is written in Unicode.
LogHash HashOfId(std::string_view id);
LogHash HashOfMessageId(std::string_view id);
LogHash HashOfDomain(std::string_view domain);

// Of an attempt's line, so that it is the same through the journal, a file and
// an import: of all that is read from it but the source, with the time cut to
// the second.
LogHash HashOfAttempt(const LogMessage& message, const LogAttempt& attempt);
// The same line at so many seconds later: two clocks, or two ways to round,
// differ by one.
LogHash SecondsLater(LogHash attempt, std::int64_t seconds);

// The first bytes of an address's key, as LogHasher makes them.
LogHash HashOfKey(const Key128& key);

// What the next server called a delivered message, the last word of "250 2.0.0
// Ok: queued as 4jWY2c4NLgz1"; empty if it does not say.
std::string_view NextIdOf(const LogAttempt& attempt);

// The domain of an address as logged; empty if it has none.
std::string_view DomainOf(std::string_view address);
// One form for all of a domain's: lower case, and A-labels (IDNA 2008) where
// it has them.
std::string NormalDomain(std::string_view domain);

// Hashes addresses under the site's secret. Remembers the last ones, since
// logs repeat them. For one thread.
class LogHasher {
 public:
  // `keys` must outlive the hasher.
  explicit LogHasher(const AddressKeys* keys) : keys_(*keys) {}

  // Of an address as logged; one that is no mailbox is taken as it is. Empty:
  // the null sender.
  LogHash HashOfAddress(std::string_view address);
  // Remembers none.
  void Clear() { known_.clear(); }

 private:
  Key128 KeyOf(std::string_view address) const;

  const AddressKeys& keys_;
  // Finds a std::string by a view of it.
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  boost::unordered_flat_map<std::string, LogHash, TextHash, std::equal_to<>>
      known_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_KEYS_H_
