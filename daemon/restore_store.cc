#include "daemon/restore_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "daemon/logs/fd.h"
#include "daemon/secret_file.h"
#include "daemon/site_key.h"
#include "daemon/store_state.h"
#include "mime/text/text.h"
#include "store/sqlite/inspect.h"
#include "store/sqlite/lock_file.h"

namespace postbounce {
namespace {

constexpr std::size_t kChunk = 1u << 20;
constexpr std::chrono::hours kPatience{24};

Error SystemError(const std::string& what) {
  return {ErrorCode::kIo,
          fmt::format("{}: {}", Printable(what, 400), std::strerror(errno))};
}

bool Exists(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0;
}

std::string FolderOf(const std::string& path) {
  return path.substr(0, path.rfind('/') + 1);
}

// A file that goes away unless it was given another name.
class Temporary {
 public:
  explicit Temporary(std::string path) : path_(std::move(path)) {
    unlink(path_.c_str());
  }
  ~Temporary() {
    for (const char* end : {"", "-wal", "-shm"}) {
      unlink((path_ + end).c_str());
    }
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

// For the daemon: of whom the store is, or its folder.
bool GiveToDaemon(int fd, const std::string& store) {
  struct stat info {};
  if (geteuid() != 0) return true;
  if (stat(store.c_str(), &info) != 0 &&
      stat(FolderOf(store).c_str(), &info) != 0) {
    return false;
  }
  return fchown(fd, info.st_uid, info.st_gid) == 0;
}

Result<void> CopyFile(const std::string& from, const std::string& to,
                      const std::string& store) {
  const Fd in(open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (!in.is_open() || fstat(in.get(), &info) != 0) {
    return Error(ErrorCode::kNotFound, SystemError(from).text());
  }
  if (!S_ISREG(info.st_mode)) {
    return Error(ErrorCode::kCorrupt,
                 Printable(from, 400) + " is no regular file");
  }
  struct stat log {};
  if (stat((from + "-wal").c_str(), &log) == 0 && log.st_size > 0) {
    return Error(ErrorCode::kCorrupt,
                 Printable(from, 400) +
                     "-wal has what the file itself lacks: open the file with "
                     "sqlite3(1) once, which puts it in");
  }
  const Fd out(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!out.is_open() || !GiveToDaemon(out.get(), store)) {
    return SystemError(to);
  }
  std::string chunk(kChunk, '\0');
  for (;;) {
    const ssize_t size = read(in.get(), chunk.data(), chunk.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return SystemError(from);
    if (size == 0) break;
    for (ssize_t done = 0; done < size;) {
      const ssize_t put = write(out.get(), chunk.data() + done,
                                static_cast<std::size_t>(size - done));
      if (put < 0 && errno != EINTR) return SystemError(to);
      if (put > 0) done += put;
    }
  }
  return fsync(out.get()) == 0 ? Result<void>() : SystemError(to);
}

// Whether the copy can take the store's place.
Result<void> CheckCopy(const Config& config, const std::string& copy) {
  const auto state = StateOfStore(config, copy, kPatience);
  if (!state) return state.error();
  if (state->file.is_too_new) {
    return Error(ErrorCode::kCorrupt,
                 "the backup was made by a later postbounce");
  }
  if (!state->file.damage.empty()) {
    return Error(ErrorCode::kCorrupt,
                 "the backup is damaged: " + state->file.damage);
  }
  if (state->is_key_right) return {};
  return Error(ErrorCode::kCorrupt,
               fmt::format("the backup was made with another site key than {}, "
                           "or with another address.fold_local_part",
                           config.store_site_key));
}

// Where the key is: the site's own, or else the backup's.
Result<std::string> KeyFor(const Config& config, const std::string& key_file) {
  if (Exists(config.store_site_key)) return config.store_site_key;
  if (!key_file.empty() && Exists(key_file)) return key_file;
  return Error(ErrorCode::kNotFound,
               fmt::format("there is no site key {}, and without the one that "
                           "the backup was made with nobody can read it",
                           config.store_site_key));
}

Result<void> TakeKey(const Config& config, const std::string& key_file) {
  if (key_file == config.store_site_key) return {};
  const auto key = LoadSiteKey(key_file);
  if (!key) return key.error();
  return WriteSecretFile(config.store_site_key, *key + "\n");
}

Result<void> SyncFolder(const std::string& folder) {
  const Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open() || fsync(fd.get()) != 0) return SystemError(folder);
  return {};
}

// The copy becomes the store, and the store gets the name `aside`, in steps of
// which each leaves a store. A log goes first, in front of another database it
// would be its end; there is one only of a store that is damaged.
Result<void> Exchange(const std::string& copy, const std::string& store,
                      const std::string& aside) {
  for (const char* end : {"-wal", "-shm"}) {
    if (Exists(store + end) &&
        std::rename((store + end).c_str(), (aside + end).c_str()) != 0) {
      return SystemError(store + end);
    }
  }
  if (Exists(store) && link(store.c_str(), aside.c_str()) != 0) {
    return SystemError(aside);
  }
  if (std::rename(copy.c_str(), store.c_str()) != 0) return SystemError(store);
  return {};
}

std::string AsideName(const std::string& store, Timestamp now) {
  std::string time;
  for (const char c : FormatTimestamp(now)) {
    if (c != ':' && c != '-') time += c;
  }
  return store + ".before-" + time;
}

}  // namespace

Result<std::string> RestoreStore(const Config& config,
                                 const std::string& backup,
                                 const std::string& key_file, Timestamp now) {
  const std::string& store = config.store_path;
  const auto lock = LockFile::Take(store + ".lock");
  if (!lock) return lock.error();
  const std::string aside = AsideName(store, now);
  if (Exists(aside)) {
    return Error(ErrorCode::kConflict, "there is a " + aside + " already");
  }
  const auto key = KeyFor(config, key_file);
  if (!key) return key.error();
  Config with_key = config;
  with_key.store_site_key = *key;
  const Temporary copy(store + ".restore");
  auto done = CopyFile(backup, copy.path(), store);
  if (done) done = CheckCopy(with_key, copy.path());
  if (done) done = TakeKey(config, *key);
  if (!done) return done.error();
  const bool was_there = Exists(store);
  // What fails is damaged, and goes aside as it is.
  if (was_there && Exists(store + "-wal")) (void)EmptyLog(store);
  done = Exchange(copy.path(), store, aside);
  if (done) done = SyncFolder(FolderOf(store));
  if (!done) return done.error();
  return was_there ? aside : std::string();
}

}  // namespace postbounce
