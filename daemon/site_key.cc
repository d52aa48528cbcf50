#include "daemon/site_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "daemon/config.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kKeyBytes = 32;

bool Exists(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0;
}

Error IoError(const char* what, const std::string& path) {
  return {ErrorCode::kIo,
          fmt::format("cannot {} {}: {}", what, path, std::strerror(errno))};
}

// The directory entry must be as durable as the file: a store could outlive
// its key otherwise.
bool SyncDirectoryOf(const std::string& path) {
  const std::string directory = path.substr(0, path.rfind('/') + 1);
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = fsync(fd) == 0;
  close(fd);
  return synced;
}

Result<std::string> MakeSiteKey(const std::string& path) {
  std::string random(kKeyBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()),
                 static_cast<int>(random.size())) != 1) {
    return Error(ErrorCode::kIo, "no random bytes for a site key");
  }
  const std::string key = Hex(random);
  const std::string line = key + "\n";
  // Written beside and renamed: a crash leaves a whole key or none.
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());
  const int fd =
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return IoError("make the site key", path);
  const bool written = write(fd, line.data(), line.size()) ==
                           static_cast<ssize_t>(line.size()) &&
                       fsync(fd) == 0;
  close(fd);
  if (!written || rename(fresh.c_str(), path.c_str()) != 0 ||
      !SyncDirectoryOf(path)) {
    return IoError("write the site key", path);
  }
  return key;
}

}  // namespace

Result<std::string> LoadOrMakeSiteKey(const std::string& key_path,
                                      const std::string& store_path) {
  if (!Exists(key_path)) {
    if (Exists(store_path)) {
      return Error(ErrorCode::kConflict,
                   fmt::format("{} is missing, and the store {} cannot be "
                               "read without it: put it back from a backup",
                               key_path, store_path));
    }
    return MakeSiteKey(key_path);
  }
  auto text = ReadFile(key_path);
  if (!text) return text.error();
  const std::string key(Trim(*text));
  if (key.size() != 2 * kKeyBytes) {
    return Error(ErrorCode::kCorrupt,
                 fmt::format("{} is no site key: 64 hexadecimal digits are "
                             "wanted",
                             key_path));
  }
  return key;
}

}  // namespace postbounce
