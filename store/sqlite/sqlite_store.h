#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_STORE_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_STORE_H_

#include <memory>
#include <string>

#include "mime/text/address.h"
#include "mime/text/result.h"
#include "store/store.h"

namespace postbounce {

struct SqliteOptions {
  std::string path;      // the database file; beside it -wal, -shm and .lock
  std::string site_key;  // the secret that addresses are keyed with
  Normaliser normaliser;
  bool is_hashed = false;  // no address is kept
};

// Opens the store in one SQLite file, made where there is none and migrated
// where it is older. kConflict when another process has it open, or when it
// was made with another site key, or is hashed and shall not be, or the other
// way round and not empty; kCorrupt when it is not ours or newer than
// this program; kIo for the rest.
Result<std::unique_ptr<Store>> OpenSqliteStore(const SqliteOptions& options);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_STORE_H_
