#ifndef POSTBOUNCE_STORE_SQLITE_INSPECT_H_
#define POSTBOUNCE_STORE_SQLITE_INSPECT_H_

#include <chrono>
#include <string>

#include "mime/text/result.h"
#include "store/store_file.h"

namespace postbounce {

// Looks at a file of OpenSqliteStore() without changing it; whoever has it open
// goes on meanwhile. Damage is looked for during `patience` at most. kNotFound;
// kCorrupt when it is no store; kIo.
Result<StoreFile> InspectStore(const std::string& path,
                               std::chrono::milliseconds patience);

// Puts what stands in a store's log into its file, and empties the log. Nobody
// else may have it open. kIo, kCorrupt.
Result<void> EmptyLog(const std::string& path);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_INSPECT_H_
