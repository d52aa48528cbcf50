#ifndef POSTBOUNCE_STORE_STORE_FILE_H_
#define POSTBOUNCE_STORE_STORE_FILE_H_

#include <optional>
#include <string>

#include "mime/text/timestamp.h"

namespace postbounce {

// What the file of a store is, seen from outside.
struct StoreFile {
  int version = 0;           // of its tables
  bool is_too_new = false;   // a later version than this program knows
  std::string check;         // AddressKeys::CheckValue() of its site key
  std::string damage;        // the first that was found; empty: none
  bool is_all_read = false;  // it was looked for to the end
  std::optional<Timestamp> last_mail;  // when the newest came in
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_STORE_FILE_H_
