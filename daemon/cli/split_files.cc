#include "daemon/cli/split_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr mode_t kMode = 0666;  // less the umask

Error CannotWrite(const std::string& name) {
  const std::string why = std::strerror(errno);
  return Error(ErrorCode::kIo,
               fmt::format("cannot write {}: {}", Printable(name, 400), why));
}

std::string FolderOf(const std::string& prefix) {
  const std::size_t slash = prefix.rfind('/');
  if (slash == std::string::npos) return ".";
  return prefix.substr(0, slash + 1);
}

}  // namespace

SplitFiles::~SplitFiles() {
  for (const Part& part : parts_) {
    if (part.is_named) unlink(part.temporary.c_str());
  }
}

Result<void> SplitFiles::Open(const std::string& prefix,
                              std::string_view header) {
  const std::string folder = FolderOf(prefix);
  for (const std::string_view name : kAdviceNames) {
    Part part;
    part.name = fmt::format("{}.{}", prefix, name);
    part.temporary = fmt::format("{}.{}", part.name, getpid());
    int fd = open(folder.c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, kMode);
    if (fd < 0 && errno == EOPNOTSUPP) {
      fd = open(part.temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                kMode);
      part.is_named = fd >= 0;
    }
    if (fd < 0) return CannotWrite(part.name);
    part.file.reset(fdopen(fd, "w"));
    parts_.push_back(std::move(part));
    Write(static_cast<Advice>(parts_.size() - 1), header);
  }
  return {};
}

void SplitFiles::Write(Advice advice, std::string_view row) {
  std::FILE* const file = parts_[static_cast<std::size_t>(advice)].file.get();
  std::fwrite(row.data(), 1, row.size(), file);
}

// linkat(2) replaces nothing, hence a name of its own first.
Result<void> SplitFiles::GiveName(Part* part) {
  const std::string fd =
      fmt::format("/proc/self/fd/{}", fileno(part->file.get()));
  if (!part->is_named &&
      linkat(AT_FDCWD, fd.c_str(), AT_FDCWD, part->temporary.c_str(),
             AT_SYMLINK_FOLLOW) != 0) {
    return CannotWrite(part->temporary);
  }
  part->is_named = true;
  return {};
}

Result<void> SplitFiles::Finish() {
  for (Part& part : parts_) {
    const bool written = std::fflush(part.file.get()) == 0 &&
                         std::ferror(part.file.get()) == 0 &&
                         fsync(fileno(part.file.get())) == 0;
    if (!written) return CannotWrite(part.name);
  }
  for (Part& part : parts_) {
    const auto named = GiveName(&part);
    if (!named) return named.error();
  }
  for (Part& part : parts_) {
    if (std::rename(part.temporary.c_str(), part.name.c_str()) != 0) {
      return CannotWrite(part.name);
    }
  }
  parts_.clear();
  return {};
}

}  // namespace postbounce
