#include "daemon/key_maker.h"

#include <functional>

namespace postbounce {

const Key128& KeyMaker::DomainKey(std::string_view domain) {
  const std::size_t hash = std::hash<std::string_view>()(domain);
  Known& known = known_[hash % known_.size()];
  if (known.domain != domain || domain.empty()) {
    known.domain = domain;
    known.key = keys_.KeyOfDomain(domain);
  }
  return known.key;
}

Result<SubjectKeys> KeyMaker::Of(std::string_view mailbox) {
  PlainMailbox::Space space;
  const auto plain = PlainMailbox::Read(mailbox, keys_.normaliser(), &space);
  if (plain)
    return SubjectKeys{keys_.KeyOfText(plain->text), DomainKey(plain->domain)};
  const auto address = Address::Parse(mailbox);
  if (!address) return address.error();
  return Of(*address);
}

SubjectKeys KeyMaker::Of(const Address& address) {
  return {keys_.KeyOf(address), DomainKey(address.ascii_domain())};
}

SubjectKeys KeyMaker::OfDomain(std::string_view domain) {
  const Key128& key = DomainKey(domain);
  return {key, key};
}

}  // namespace postbounce
