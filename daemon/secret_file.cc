#include "daemon/secret_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kSecretBytes = 32;

Error IoError(const std::string& path) {
  return {ErrorCode::kIo,
          fmt::format("cannot write {}: {}", Printable(path, 200),
                      std::strerror(errno))};
}

std::string FolderOf(const std::string& path) {
  return path.substr(0, path.rfind('/') + 1);
}

// The directory entry must be as durable as the file: a store could outlive
// its key otherwise.
bool SyncFolderOf(const std::string& path) {
  const int fd =
      open(FolderOf(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = fsync(fd) == 0;
  close(fd);
  return synced;
}

bool GiveToItsReaders(int fd, const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0) {
    return fchown(fd, info.st_uid, info.st_gid) == 0 &&
           fchmod(fd, info.st_mode & 07777) == 0;
  }
  if (geteuid() != 0) return true;
  return stat(FolderOf(path).c_str(), &info) == 0 &&
         fchown(fd, info.st_uid, info.st_gid) == 0;
}

bool Fill(int fd, const std::string& path, std::string_view text) {
  return write(fd, text.data(), text.size()) ==
             static_cast<ssize_t>(text.size()) &&
         GiveToItsReaders(fd, path) && fsync(fd) == 0;
}

}  // namespace

Result<std::string> MakeSecret() {
  std::string random(kSecretBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()),
                 static_cast<int>(random.size())) != 1) {
    return Error(ErrorCode::kIo, "no random bytes for a secret");
  }
  return Hex(random);
}

Result<void> WriteSecretFile(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());
  const int fd =
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return IoError(path);
  const bool filled = Fill(fd, path, text);
  const Error error = IoError(path);
  close(fd);
  if (!filled) {
    unlink(fresh.c_str());
    return error;
  }
  if (rename(fresh.c_str(), path.c_str()) != 0 || !SyncFolderOf(path)) {
    return IoError(path);
  }
  return {};
}

}  // namespace postbounce
