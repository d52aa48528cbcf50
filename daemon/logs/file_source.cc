#include "daemon/logs/file_source.h"

#include <fnmatch.h>
#include <glob.h>

#include <algorithm>
#include <utility>

#include "daemon/logs/rotated_files.h"

namespace postbounce {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Inotify tells of everything but network file systems, folders that come
// later, and symbolic links.
constexpr milliseconds kLookAnyway{5000};
constexpr milliseconds kLookAgain{20};  // names keep changing

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string_view NameOf(const std::string& path) {
  return std::string_view(path).substr(path.rfind('/') + 1);
}

bool IsPattern(const std::string& text) {
  return text.find_first_of("*?[") != std::string::npos;
}

bool Matches(const std::string& pattern, const std::string& path) {
  return pattern == path ||
         fnmatch(pattern.c_str(), path.c_str(), FNM_PATHNAME) == 0;
}

std::vector<std::string> Expand(const std::string& pattern) {
  if (!IsPattern(pattern)) return {pattern};
  std::vector<std::string> paths;
  glob_t found{};
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

}  // namespace

FileSource::FileSource(Options options) {
  auto position = FilePositionFrom(options.position);
  if (!position) position.emplace();
  const auto& known = position->patterns;
  for (std::string& text : options.patterns) {
    const bool is_known =
        std::find(known.begin(), known.end(), text) != known.end();
    const auto start =
        is_known ? FollowedFile::Start::kBeginning : options.start;
    patterns_.push_back({std::move(text), start});
  }
  for (PathPosition& path : position->paths) {
    if (std::any_of(patterns_.begin(), patterns_.end(), [&](const auto& p) {
          return Matches(p.text, path.path);
        })) {
      files_.push_back(
          std::make_unique<FollowedFile>(std::move(path), &watcher_));
    }
  }
}

std::string FileSource::Position() const {
  FilePosition position;
  for (const Pattern& pattern : patterns_) {
    position.patterns.push_back(pattern.text);
  }
  for (const auto& file : files_) {
    if (!file->awaits_end()) {
      position.paths.push_back(file->Position());
      continue;
    }
    // It is new at the next start, too.
    std::erase_if(position.patterns, [&](const std::string& pattern) {
      return Matches(pattern, file->path());
    });
  }
  return ToJson(position);
}

Result<LogChunk> FileSource::Next(milliseconds wait) {
  const auto end = Clock::now() + wait;
  auto slice = milliseconds(0);
  LogChunk chunk;
  while (!interrupter_.is_interrupted()) {
    const bool changed = watcher_.Wait(interrupter_, slice);
    if (changed || Clock::now() >= check_at_) {
      const auto checked = CheckNames();
      // Others may have something to tell, too.
      check_at_ = checked ? Clock::now() + kLookAnyway : Clock::now();
      if (!checked) return checked.error();
    }
    const auto read = ReadAny(&chunk);
    if (!read) return read.error();
    if (*read) return chunk;
    const bool is_settled =
        std::none_of(files_.begin(), files_.end(),
                     [](const auto& file) { return file->is_unsettled(); });
    slice = std::min(std::chrono::ceil<milliseconds>(end - Clock::now()),
                     is_settled ? kLookAnyway : kLookAgain);
    if (!is_settled) check_at_ = Clock::now() + slice;
    if (slice <= milliseconds(0)) break;
  }
  chunk.is_end = true;
  return chunk;
}

Result<void> FileSource::CheckNames() {
  for (const Pattern& pattern : patterns_) AddPaths(pattern);
  std::erase_if(files_, [&](const auto& file) {
    const bool is_named =
        std::any_of(patterns_.begin(), patterns_.end(),
                    [&](const auto& p) { return p.text == file->path(); });
    return !is_named && file->is_gone() && !StateOfPath(file->path());
  });
  for (const auto& file : files_) {
    watcher_.WatchFolder(FolderOf(file->path()));
    const auto checked = file->Check();
    if (!checked) return checked;
  }
  for (Pattern& pattern : patterns_) {
    pattern.start = FollowedFile::Start::kBeginning;
  }
  return {};
}

void FileSource::AddPaths(const Pattern& pattern) {
  // Before the listing: what comes after it is noticed.
  watcher_.WatchFolder(FolderOf(pattern.text));
  const auto paths = Expand(pattern.text);
  for (const std::string& path : paths) {
    if (files_.size() >= kMaxPaths || IsFollowed(path)) continue;
    const auto rotated_from = [&](const std::string& other) {
      return FolderOf(path) == FolderOf(other) &&
             IsRotatedName(NameOf(path), NameOf(other));
    };
    if (path != pattern.text &&
        (std::any_of(paths.begin(), paths.end(), rotated_from) ||
         std::any_of(files_.begin(), files_.end(), [&](const auto& file) {
           return rotated_from(file->path());
         }))) {
      continue;
    }
    files_.push_back(
        std::make_unique<FollowedFile>(path, pattern.start, &watcher_));
  }
}

bool FileSource::IsFollowed(const std::string& path) const {
  return std::any_of(files_.begin(), files_.end(),
                     [&](const auto& file) { return file->path() == path; });
}

// One file until it has no more, then the others in turn.
Result<bool> FileSource::ReadAny(LogChunk* chunk) {
  for (std::size_t i = 0; i < files_.size(); ++i, ++at_) {
    at_ %= files_.size();
    const auto read = files_[at_]->Read(chunk);
    if (!read) return read;
    if (!*read) continue;
    if (!chunk->lines.empty() &&
        std::exchange(reading_, files_[at_].get()) != files_[at_].get()) {
      chunk->is_new_stream = true;
    }
    return true;
  }
  return false;
}

}  // namespace postbounce
