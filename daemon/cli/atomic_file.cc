#include "daemon/cli/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
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

}  // namespace

AtomicFile::~AtomicFile() {
  if (named_.is) unlink(temporary_.c_str());
}

Result<void> AtomicFile::Open(const std::string& name, mode_t mode) {
  name_ = name;
  temporary_ = fmt::format("{}.{}", name, getpid());
  int fd = open(FolderOf(name).c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
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
