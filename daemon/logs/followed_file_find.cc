// Finding again, behind other names, what was read before.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/logs/followed_file.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// Names change while we look.
constexpr int kTries = 5;

std::optional<LogReader> OpenAs(const TrailPosition& trail,
                                const RotatedFile& file) {
  const bool was_read = trail.identity.first != 0;
  // Of a file that nothing was read of only the inode is known.
  if (!was_read && file.id != trail.inode) return std::nullopt;
  auto reader = LogReader::Open(file.path, trail.identity);
  if (!reader) return std::nullopt;
  return std::move(*reader);
}

}  // namespace

std::optional<FollowedFile::Found> FollowedFile::Find(
    const TrailPosition& trail, const std::vector<RotatedFile>& files) {
  for (const bool by_id : {true, false}) {
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
      if ((file->id == trail.inode) != by_id) continue;
      auto reader = OpenAs(trail, *file);
      if (reader) return Found{std::move(*reader), *file};
    }
  }
  return std::nullopt;
}

std::vector<RotatedFile> FollowedFile::AllFiles() const {
  auto files = RotatedFilesOf(path_);
  const auto live = StateOfPath(path_);
  if (live) files.push_back({path_, live->id, live->time});
  return files;
}

// For trails of a position: gives them readers.
Result<void> FollowedFile::Resolve(const std::optional<LogFileState>& live) {
  if (live) {
    const auto readable = LogBytes::Open(path_);
    if (!readable && readable.error().code() != ErrorCode::kNotFound) {
      return readable.error();
    }
  }
  std::vector<std::optional<Found>> found;
  auto files = AllFiles();
  for (int i = 0; i < kTries; ++i) {
    found.clear();
    for (const Trail& trail : trails_) {
      found.push_back(Find(trail.position, files));
    }
    auto again = AllFiles();
    if (again == files) break;
    files = std::move(again);
  }
  // Without any file the file system may not be there yet.
  if (!live && !found.empty() && !found.back()) return {};
  Attach(std::move(found), live);
  return {};
}

void FollowedFile::Attach(std::vector<std::optional<Found>> found,
                          const std::optional<LogFileState>& live) {
  std::optional<std::uint64_t> newest;
  bool is_live = false;
  // Unless it is found there, what has its inode is another log now.
  const bool same_file = has_live_ && live &&
                         live->id == trails_.back().position.inode &&
                         trails_.back().position.identity.first != 0;
  for (std::size_t i = 0, at = 0; i < found.size(); ++i) {
    TrailPosition& position = trails_[at].position;
    if (found[i]) {
      newest = found[i]->file.id;
      is_live = found[i]->file.path == path_;
      if (position.gap.empty()) position.gap = std::exchange(gap_, {});
      AttachTo(&trails_[at++], std::move(*found[i]));
      continue;
    }
    const bool is_last = has_live_ && i + 1 == found.size();
    if (!position.gap.empty()) {
      gap_ = position.gap;
    } else if (position.identity.first != 0 && (is_last || !position.is_dry)) {
      gap_ = fmt::format(
          "{}: the file that was read is not to be found any more; what "
          "followed in it is lost",
          Printable(path_, 200));
    }
    Drop(at);
  }
  has_live_ = is_live;
  is_resolved_ = true;
  if (is_live) return;
  AddUnseen(newest);
  if (same_file) gap_ = TruncatedText();
}

void FollowedFile::AttachTo(Trail* trail, Found found) {
  trail->reader = std::make_unique<LogReader>(std::move(found.reader));
  trail->position.inode = found.file.id;
  trail->watch = watcher_->WatchFile(trail->reader->bytes().fd());
}

std::string FollowedFile::TruncatedText() const {
  return fmt::format(
      "{} was truncated; what was written to it right before "
      "that may be lost",
      Printable(path_, 200));
}

// The live file was, when it had been read so far. What was copied from it
// before (copytruncate) is read there.
void FollowedFile::Truncated(const LogIdentity& identity) {
  TrailPosition lost = trails_.back().position;
  lost.identity = identity;
  lost.inode = 0;
  watcher_->Forget(trails_.back().watch);
  trails_.pop_back();
  has_live_ = false;
  std::optional<std::uint64_t> after;
  if (identity.first != 0) {
    Remember(identity.first);
    auto files = RotatedFilesOf(path_);
    auto copy = Find(lost, files);
    for (int i = 0; i < kTries && !copy; ++i) {
      auto again = RotatedFilesOf(path_);
      if (again == files) break;
      files = std::move(again);
      copy = Find(lost, files);
    }
    if (copy) {
      after = copy->file.id;
      gap_ = lost.gap;
      trails_.push_back(MakeTrail(std::move(copy->reader)));
    }
  }
  AddUnseen(after);
  gap_ = TruncatedText();
}

}  // namespace postbounce
