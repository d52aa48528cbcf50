#ifndef POSTBOUNCE_STORE_SQLITE_FD_VFS_H_
#define POSTBOUNCE_STORE_SQLITE_FD_VFS_H_

namespace postbounce {

// The name of a sqlite3_vfs(3) in which the name of a database is the number of
// an open descriptor, which stays open. A path would not do: who has opened the
// file may be allowed to, and this process not. Nobody else may have the file
// open, and there is room for the database alone: no journal.
const char* FdVfs();

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_FD_VFS_H_
