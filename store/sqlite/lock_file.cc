#include "store/sqlite/lock_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace postbounce {
namespace {

std::string ErrnoText() {
  return std::error_code(errno, std::generic_category()).message();
}

}  // namespace

Result<LockFile> LockFile::Take(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                      S_IRUSR | S_IWUSR);
  if (fd < 0) {
    return Error(ErrorCode::kIo, "cannot open " + path + ": " + ErrnoText());
  }
  LockFile lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) {
    return Error(ErrorCode::kConflict,
                 "another process has the store open: it holds " + path);
  }
  return Error(ErrorCode::kIo, "cannot lock " + path + ": " + ErrnoText());
}

LockFile::LockFile(LockFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

LockFile::~LockFile() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace postbounce
