#ifndef POSTBOUNCE_DAEMON_KEY_MAKER_H_
#define POSTBOUNCE_DAEMON_KEY_MAKER_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "mime/text/address.h"
#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "store/address_keys.h"

namespace postbounce {

// What is looked up of a mailbox. Of a domain alone both are the domain's.
struct SubjectKeys {
  Key128 address{};
  Key128 domain{};
};

// Makes the keys of what clients ask for. It remembers the keys of domains,
// since most mail goes to few. Not thread-safe.
class KeyMaker {
 public:
  explicit KeyMaker(const AddressKeys& keys) : keys_(keys) {}

  // Errors as of Address::Parse().
  Result<SubjectKeys> Of(std::string_view mailbox);
  SubjectKeys Of(const PlainMailbox& mailbox);
  SubjectKeys Of(const Address& address);
  // `domain` in lower-case A-labels, as of Address::ascii_domain().
  SubjectKeys OfDomain(std::string_view domain);

 private:
  // So that a domain is found without making a string of it.
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  Key128 DomainKey(std::string_view domain);

  const AddressKeys keys_;
  boost::unordered_flat_map<std::string, Key128, Hash, std::equal_to<>> known_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_KEY_MAKER_H_
