#include "store/address_keys.h"

#include <utility>

#include "store/pseudonym.h"

namespace postbounce {

AddressKeys::AddressKeys(std::string site_key, const Normaliser& normaliser)
    : site_key_(std::move(site_key)), normaliser_(normaliser) {}

Key128 AddressKeys::KeyOf(const Address& address) const {
  if (const auto key = KeyOfPseudonym(address.local_part())) return *key;
  return KeyedHash(site_key_, address.NormalisedText(normaliser_));
}

Key128 AddressKeys::KeyOfDomain(std::string_view ascii_domain) const {
  return KeyOfText(std::string("@").append(ascii_domain));
}

Key128 AddressKeys::KeyOfText(std::string_view text) const {
  return KeyedHash(site_key_, text);
}

Digest AddressKeys::KeyedDigest(const Digest& digest) const {
  return HmacSha256(
      site_key_, {reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Key128 AddressKeys::CheckValue() const {
  // No address reads like this one, so that this is no address's key.
  return KeyedHash(site_key_, normaliser_.fold_local_part
                                  ? "postbounce"
                                  : "postbounce, local parts as they are");
}

}  // namespace postbounce
