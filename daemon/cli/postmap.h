#ifndef POSTBOUNCE_DAEMON_CLI_POSTMAP_H_
#define POSTBOUNCE_DAEMON_CLI_POSTMAP_H_

#include <string>

#include "mime/text/result.h"

namespace postbounce {

// Has postmap(1) compile `source` into a map of this type ("hash", "btree",
// "cdb" or "lmdb"), which then replaces that of the table `name`. Its
// complaints are on standard error. kIo, kUnavailable.
Result<void> CompileMap(const std::string& type, const std::string& source,
                        const std::string& name);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_POSTMAP_H_
