#ifndef POSTBOUNCE_STORE_HIDER_H_
#define POSTBOUNCE_STORE_HIDER_H_

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "store/address_keys.h"
#include "store/log_batch.h"
#include "store/scrubber.h"
#include "store/witness.h"

namespace postbounce {

// Puts pseudonyms in place of addresses in what is stored. What is about one of
// them is hidden alike whenever it comes, so that it is still known again.
class Hider {
 public:
  // Whether a sender is named in the configuration: it is no secret, and scopes
  // are told by it.
  using IsNamed = std::function<bool(std::string_view sender)>;

  // Hides all. `keys` must outlive the hider.
  Hider(const AddressKeys* keys, IsNamed is_named)
      : keys_(*keys),
        everything_(keys),
        scrubber_(keys),
        is_named_(std::move(is_named)) {}
  // Hides these.
  Hider(const AddressKeys* keys, std::span<const Address> addresses);

  bool hides_all() const { return is_named_ != nullptr; }
  // False if there is nothing to hide in the texts of these bytes.
  bool MayHide(std::string_view bytes) const {
    return scrubber_.MayFind(bytes);
  }

  // They tell whether anything was hidden.
  bool Clean(std::string* text) const;
  bool Hide(Witness* witness) const;
  bool Hide(Facts* facts) const;
  // With its witnesses. What is kept of it goes, unless a person waits for it.
  bool Hide(Mail* mail) const;
  // Without its lines, if they may tell.
  bool Hide(LogMessage* message) const;

  // Whether the attempt is one for such an address, by any name.
  bool IsOf(const LogAttempt& attempt) const;
  // Of a line about such an address: else guesses could be tried.
  Digest DigestOf(const Digest& digest) const;

 private:
  bool Hides(const std::optional<Address>& address) const;
  std::optional<Address> Hidden(const std::optional<Address>& address) const;
  std::string PseudonymOf(std::string_view recipient) const;
  bool CleanOf(const std::optional<Address>& owner, std::string* text) const;
  bool HideSender(std::string* sender) const;
  bool Hide(LogAttempt* attempt) const;

  const AddressKeys& keys_;
  const Scrubber everything_;
  const Scrubber scrubber_;
  const IsNamed is_named_;
  std::set<Key128> hidden_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_HIDER_H_
