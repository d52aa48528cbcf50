#ifndef POSTBOUNCE_STORE_ADDRESS_KEYS_H_
#define POSTBOUNCE_STORE_ADDRESS_KEYS_H_

#include <string>
#include <string_view>

#include "mime/text/address.h"
#include "mime/text/digest.h"

namespace postbounce {

// Makes the keys by which a store knows addresses: HMAC under the site's
// secret, so that a stolen list cannot be tried against guessed addresses.
// Immutable.
class AddressKeys {
 public:
  AddressKeys(std::string site_key, const Normaliser& normaliser);

  // That of a pseudonym is the key of the address that it stands for.
  Key128 KeyOf(const Address& address) const;
  // Of a domain as such: what stands behind the "@" of an address.
  Key128 KeyOfDomain(std::string_view ascii_domain) const;
  // The key of what is no address but stands where one should.
  Key128 KeyOfText(std::string_view text) const;
  // A digest that nobody can try guesses against without the secret.
  Digest KeyedDigest(const Digest& digest) const;
  // Differs for every secret and every way to normalise: a store keeps it and
  // refuses to be opened with another.
  Key128 CheckValue() const;

  const Normaliser& normaliser() const { return normaliser_; }

 private:
  std::string site_key_;
  Normaliser normaliser_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_ADDRESS_KEYS_H_
