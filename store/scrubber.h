#ifndef POSTBOUNCE_STORE_SCRUBBER_H_
#define POSTBOUNCE_STORE_SCRUBBER_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/address.h"
#include "mime/text/string_finder.h"
#include "store/address_keys.h"

namespace postbounce {

// Puts pseudonyms in place of addresses in texts that others have written: of
// some, also as VERP has them (joe=example.org) and URLs (joe%40example.org),
// or of whatever looks like an address. Immutable.
class Scrubber {
 public:
  // Of whatever looks like an address. `keys` must outlive the scrubber.
  explicit Scrubber(const AddressKeys* keys) : keys_(*keys) {}
  // Of these alone.
  Scrubber(const AddressKeys* keys, std::span<const Address> addresses);

  // False if Clean() is known to leave the texts in these bytes, which may be
  // JSON, as they are.
  bool MayFind(std::string_view bytes) const;
  std::string Clean(std::string_view text) const;
  // The same where the text is about `owner`, whom servers also call by the
  // local part alone: "user joe unknown".
  std::string CleanOf(const Address& owner, std::string_view text) const;

 private:
  struct Needle {
    std::string replacement;
    std::size_t size = 0;
    bool is_verp = false;
  };

  void AddForms(const Address& address, std::vector<std::string>* texts);
  std::string CleanAll(std::string_view text) const;
  bool Stands(std::string_view text, std::size_t begin, std::size_t end,
              bool is_verp) const;

  const AddressKeys& keys_;
  std::vector<Needle> needles_;
  std::optional<StringFinder> finder_;  // of their texts; none: takes all
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SCRUBBER_H_
