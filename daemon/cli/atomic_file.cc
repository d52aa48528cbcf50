#include "daemon/cli/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "mime/text/text.h"

namespace postbounce {
namespace {

Error CannotWrite(const std::string& name) {
  const std::string why = std::strerror(errno);
  return Error(ErrorCode::kIo,
               fmt::format("cannot write {}: {}", Printable(name, 400), why));
}

std::string FolderOf(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string::npos) return ".";
  return name.substr(0, slash + 1);
}

bool IsDatabase(const std::string& name) {
  constexpr std::string_view kMagic = "SQLite format 3";
  std::array<char, kMagic.size()> head{};
  const int fd = open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  const bool is_read = fd >= 0 && pread(fd, head.data(), head.size(), 0) ==
                                      static_cast<ssize_t>(head.size());
  if (fd >= 0) close(fd);
  return is_read && std::string_view(head.data(), head.size()) == kMagic;
}

// The file itself where `name` is a link to it. rename(2) would put a file in
// the place of a device or a link just the same.
Result<std::string> FileToReplace(const std::string& name, bool is_database) {
  struct stat info {};
  if (lstat(name.c_str(), &info) != 0) return name;
  std::string real = name;
  if (S_ISLNK(info.st_mode)) {
    std::array<char, PATH_MAX> target{};
    if (realpath(name.c_str(), target.data()) == nullptr ||
        stat(target.data(), &info) != 0) {
      return CannotWrite(name);
    }
    real = target.data();
  }
  if (!S_ISREG(info.st_mode)) {
    return Error(ErrorCode::kSyntax,
                 Printable(name, 400) + " is no regular file");
  }
  if (info.st_size > 0 && IsDatabase(real) != is_database) {
    return Error(ErrorCode::kSyntax,
                 Printable(name, 400) +
                     (is_database ? " is there, and is no backup"
                                  : " is a database; name another file"));
  }
  return real;
}

}  // namespace

AtomicFile::~AtomicFile() {
  if (named_.is) unlink(temporary_.c_str());
}

Result<void> AtomicFile::Open(const std::string& name, mode_t mode,
                              bool is_database) {
  const auto real = FileToReplace(name, is_database);
  if (!real) return real.error();
  name_ = *real;
  temporary_ = fmt::format("{}.{}", name_, getpid());
  int fd = open(FolderOf(name_).c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
  if (fd < 0 && errno == EOPNOTSUPP) {
    fd = open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    named_.is = fd >= 0;
  }
  if (fd < 0) return CannotWrite(name_);
  file_.reset(fdopen(fd, "w+"));
  return {};
}

void AtomicFile::Write(std::string_view bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), file_.get());
}

Result<void> AtomicFile::Sync() {
  const bool written = std::fflush(file_.get()) == 0 &&
                       std::ferror(file_.get()) == 0 &&
                       fsync(fileno(file_.get())) == 0;
  if (!written) return CannotWrite(name_);
  return {};
}

// linkat(2) replaces nothing, hence a name of its own first.
Result<void> AtomicFile::GiveName() {
  const std::string fd = fmt::format("/proc/self/fd/{}", fileno(file_.get()));
  if (!named_.is && linkat(AT_FDCWD, fd.c_str(), AT_FDCWD, temporary_.c_str(),
                           AT_SYMLINK_FOLLOW) != 0) {
    return CannotWrite(temporary_);
  }
  named_.is = true;
  return {};
}

Result<void> AtomicFile::Replace() {
  if (std::rename(temporary_.c_str(), name_.c_str()) != 0) {
    return CannotWrite(name_);
  }
  named_.is = false;
  return {};
}

Result<void> AtomicFile::Finish() {
  auto done = Sync();
  if (done) done = GiveName();
  if (done) done = Replace();
  return done;
}

}  // namespace postbounce
