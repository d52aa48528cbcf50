#include "daemon/key_maker.h"

#include <cstddef>

namespace postbounce {

namespace {

constexpr std::size_t kMaxKnown = 16'384;

}  // namespace

Key128 KeyMaker::DomainKey(std::string_view domain) {
  const auto known = known_.find(domain);
  if (known != known_.end()) return known->second;
  if (known_.size() >= kMaxKnown) known_.clear();
  return known_.emplace(domain, keys_.KeyOfDomain(domain)).first->second;
}

Result<SubjectKeys> KeyMaker::Of(std::string_view mailbox) {
  PlainMailbox::Space space;
  const auto plain = PlainMailbox::Read(mailbox, keys_.normaliser(), &space);
  if (plain) return Of(*plain);
  const auto address = Address::Parse(mailbox);
  if (!address) return address.error();
  return Of(*address);
}

SubjectKeys KeyMaker::Of(const PlainMailbox& mailbox) {
  return {keys_.KeyOfText(mailbox.text), DomainKey(mailbox.domain)};
}

SubjectKeys KeyMaker::Of(const Address& address) {
  return {keys_.KeyOf(address), DomainKey(address.ascii_domain())};
}

SubjectKeys KeyMaker::OfDomain(std::string_view domain) {
  const Key128 key = DomainKey(domain);
  return {key, key};
}

}  // namespace postbounce
