#ifndef POSTBOUNCE_STORE_SQLITE_LOCK_FILE_H_
#define POSTBOUNCE_STORE_SQLITE_LOCK_FILE_H_

#include <string>

#include "mime/text/result.h"

namespace postbounce {

// An exclusive flock(2) on a file, held until destroyed or the process ends.
// The file itself stays, since to remove it would let two have the lock.
class LockFile {
 public:
  // Makes the file, mode 0600, where there is none. kConflict when anybody,
  // this process too, holds the lock; kIo for the rest.
  static Result<LockFile> Take(const std::string& path);

  LockFile(LockFile&& other) noexcept;
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SQLITE_LOCK_FILE_H_
