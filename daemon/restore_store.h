#ifndef POSTBOUNCE_DAEMON_RESTORE_STORE_H_
#define POSTBOUNCE_DAEMON_RESTORE_STORE_H_

#include <string>

#include "daemon/config.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// Puts a backup in the place of the store. What was there is kept beside it;
// its name is returned, empty where there was none. The site key has to be the
// backup's: where there is none, `key_file` is taken, if that is not empty.
//
// At every moment there is a whole store or the old one. kConflict when the
// store is open elsewhere; kNotFound; kCorrupt when the backup is damaged, no
// store, of a later version, or made with another site key; kIo.
Result<std::string> RestoreStore(const Config& config,
                                 const std::string& backup,
                                 const std::string& key_file, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_RESTORE_STORE_H_
