#ifndef POSTBOUNCE_STORE_SQLITE_SQLITE_BACKUP_H_
#define POSTBOUNCE_STORE_SQLITE_SQLITE_BACKUP_H_

#include <memory>
#include <string>

#include "mime/text/result.h"
#include "store/backup.h"

namespace postbounce {

// Begins to copy the store at `path` into an empty file that is open to be read
// and written; `fd` must live as long. The copy needs no -wal beside it.
// kSyntax when it is another kind of file; kIo.
Result<std::unique_ptr<Backup>> OpenSqliteBackup(const std::string& path,
                                                 int fd);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_SQLITE_BACKUP_H_
