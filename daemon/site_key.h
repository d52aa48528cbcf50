#ifndef POSTBOUNCE_DAEMON_SITE_KEY_H_
#define POSTBOUNCE_DAEMON_SITE_KEY_H_

#include <string>

#include "mime/text/result.h"

namespace postbounce {

// The secret in the file `key_path` (32 random bytes in hexadecimal, mode
// 0600). It is made when neither it nor the store at `store_path` exists: a
// store whose key is lost must not get a new one, since none of its addresses
// would be found again.
Result<std::string> LoadOrMakeSiteKey(const std::string& key_path,
                                      const std::string& store_path);

// The same, but never makes one: kNotFound.
Result<std::string> LoadSiteKey(const std::string& key_path);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_SITE_KEY_H_
