#ifndef POSTBOUNCE_STORE_PSEUDONYM_H_
#define POSTBOUNCE_STORE_PSEUDONYM_H_

#include <optional>
#include <string>
#include <string_view>

#include "mime/text/digest.h"

namespace postbounce {

// What stands for an address whose text is not kept: "#" and its key in 32
// hexadecimal digits, at its domain. It is a mailbox, so that all that works
// with addresses works with it, and AddressKeys gives it the address's key.
// `ascii_domain` may be empty, for what has none.
std::string PseudonymOf(const Key128& key, std::string_view ascii_domain);

// The key, where a local part is that of a pseudonym.
std::optional<Key128> KeyOfPseudonym(std::string_view local_part);

// Of a whole address.
bool IsPseudonym(std::string_view address);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_PSEUDONYM_H_
