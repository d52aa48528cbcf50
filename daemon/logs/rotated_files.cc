#include "daemon/logs/rotated_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <tuple>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kMaxFiles = 1000;

bool TakeSuffix(std::string_view* name, std::string_view suffix) {
  if (!name->ends_with(suffix)) return false;
  name->remove_suffix(suffix.size());
  return true;
}

void TakeCompression(std::string_view* name) {
  for (const char* suffix : {".gz", ".zst", ".bz2", ".xz", ".Z"}) {
    if (TakeSuffix(name, suffix)) return;
  }
}

// "1", "20261121", "2026-11-21T00:11", "20261121-001123", "1.gz", "old"
bool IsRotation(std::string_view suffix) {
  TakeCompression(&suffix);
  if (suffix == "old" || suffix == "bak") return true;
  return !suffix.empty() && IsDigit(suffix.front()) &&
         suffix.find_first_not_of("0123456789-_.:T") == std::string_view::npos;
}

bool IsSeparator(char c) { return c == '.' || c == '-' || c == '_'; }

// Numbers count up with age, dates count down.
std::int64_t AgeIn(std::string_view path) {
  TakeCompression(&path);
  const std::size_t at = path.find_last_not_of("0123456789");
  std::string_view digits = path.substr(at == path.npos ? 0 : at + 1);
  return TakeNumber(&digits, 5).value_or(0);
}

bool IsOlder(const RotatedFile& a, const RotatedFile& b) {
  return std::make_tuple(a.time, -AgeIn(a.path), std::string_view(a.path)) <
         std::make_tuple(b.time, -AgeIn(b.path), std::string_view(b.path));
}

std::int64_t Nanoseconds(const statx_timestamp& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::optional<LogFileState> StateAt(int folder, const char* path, int flags) {
  struct statx status {};
  if (statx(folder, path, flags, STATX_BASIC_STATS | STATX_BTIME, &status)) {
    return std::nullopt;
  }
  LogFileState state;
  state.is_file = S_ISREG(status.stx_mode);
  state.is_named = status.stx_nlink > 0;
  // Zero where the file system does not know when it was born.
  state.id = status.stx_ino * 0x9e3779b97f4a7c15u ^
             static_cast<std::uint64_t>(Nanoseconds(status.stx_btime));
  state.time = Nanoseconds(status.stx_mtime);
  return state;
}

}  // namespace

std::optional<LogFileState> StateOfPath(const std::string& path) {
  return StateAt(AT_FDCWD, path.c_str(), 0);
}

std::optional<LogFileState> StateOf(int fd) {
  return StateAt(fd, "", AT_EMPTY_PATH);
}

bool IsRotatedName(std::string_view name, std::string_view base) {
  const auto is_rotation_of = [&](std::string_view stem) {
    return name.size() > stem.size() + 1 && name.starts_with(stem) &&
           IsSeparator(name[stem.size()]) &&
           IsRotation(name.substr(stem.size() + 1));
  };
  if (is_rotation_of(base)) return true;
  // logrotate's "extension .log": the number goes before it.
  const std::size_t dot = base.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  TakeCompression(&name);
  return TakeSuffix(&name, base.substr(dot)) &&
         is_rotation_of(base.substr(0, dot));
}

std::vector<RotatedFile> RotatedFilesOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const std::string base =
      slash == std::string::npos ? path : path.substr(slash + 1);
  std::vector<RotatedFile> files;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir(folder.c_str()),
                                                    closedir);
  if (!listing) return files;
  while (const dirent* entry = readdir(listing.get())) {
    if (!IsRotatedName(entry->d_name, base)) continue;
    const auto state = StateAt(dirfd(listing.get()), entry->d_name, 0);
    if (!state || !state->is_file) continue;
    files.push_back({(slash == std::string::npos ? "" : folder) + entry->d_name,
                     state->id, state->time});
  }
  std::sort(files.begin(), files.end(), IsOlder);
  if (files.size() > kMaxFiles) {
    files.erase(files.begin(), files.end() - kMaxFiles);
  }
  return files;
}

}  // namespace postbounce
