// Finding again, behind other names, what was read before.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/logs/followed_file.h"
#include "mime/text/text.h"

namespace postbounce {
std::optional<LogReader> FollowedFile::OpenAs(const TrailPosition& trail,
                                              const RotatedFile& file) {
  const bool was_read = trail.identity.first != 0;
  // Of a file that nothing was read of only the inode is known.
  if (!was_read && file.id != trail.inode) return std::nullopt;
  auto reader = LogReader::Open(file.path, trail.identity);
  if (!reader) return std::nullopt;
  if (!was_read && IdOf(*reader) != file.id) return std::nullopt;
  return std::move(*reader);
}

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
Result<void> FollowedFile::Resolve(bool has_file) {
  if (has_file) {
    const auto readable = LogBytes::Open(path_);
    if (!readable && readable.error().code() != ErrorCode::kNotFound) {
      return readable.error();
    }
  }
  std::vector<std::optional<Found>> found;
  auto files = AllFiles();
  bool is_stable = false;
  for (int i = 0; i < kTries && !is_stable; ++i) {
    found.clear();
    for (const Trail& trail : trails_) {
      found.push_back(Find(trail.position, files));
    }
    auto again = AllFiles();
    is_stable = again == files;
    files = std::move(again);
  }
  is_unsettled_ = !is_stable;
  if (!is_stable) return {};
  // Without any file the file system may not be there yet.
  const bool is_there = !files.empty() && files.back().path == path_;
  if (!is_there && !found.empty() && !found.back()) return {};
  Attach(std::move(found), is_there ? files.back().id : 0);
  return {};
}

void FollowedFile::Attach(std::vector<std::optional<Found>> found,
                          std::uint64_t live) {
  bool is_live = false;
  // Unless it is found there, what has its inode is another log now.
  const bool same_file = has_live_ && live == trails_.back().position.inode &&
                         trails_.back().position.identity.first != 0;
  for (std::size_t i = 0, at = 0; i < found.size(); ++i) {
    TrailPosition& position = trails_[at].position;
    if (found[i]) {
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
  has_unseen_ = true;
  if (!trails_.empty()) SearchAfter(trails_.back());
  if (!same_file) return;
  gap_ = TruncatedText();
  if (!found.empty() && found.back()) trails_.back().position.is_copy = true;
}

void FollowedFile::AttachTo(Trail* trail, Found found) {
  trail->reader = std::make_unique<LogReader>(std::move(found.reader));
  trail->position.inode = IdOf(*trail->reader);
  trail->watch = watcher_->WatchFile(trail->reader->bytes().fd());
}

std::string FollowedFile::TruncatedText() const {
  return fmt::format(
      "{} was truncated; what was written to it right before "
      "that may be lost",
      Printable(path_, 200));
}

// That file was, when it had been read so far. What was copied from it before
// (copytruncate) is read there.
void FollowedFile::Truncated(std::size_t index, const LogIdentity& identity) {
  TrailPosition lost = trails_[index].position;
  lost.identity = identity;
  lost.inode = 0;
  if (IsLive(index)) has_live_ = false;
  watcher_->Forget(trails_[index].watch);
  trails_.erase(trails_.begin() + static_cast<std::ptrdiff_t>(index));
  has_unseen_ = true;
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
      gap_ = lost.gap;
      trails_.insert(trails_.begin() + static_cast<std::ptrdiff_t>(index++),
                     MakeTrail(std::move(copy->reader)));
      trails_[index - 1].position.is_copy = true;
      SearchAfter(trails_[index - 1]);
    }
  }
  gap_ = TruncatedText();
  // Those that are there come after it.
  if (index < trails_.size()) {
    trails_[index].position.gap = std::exchange(gap_, {});
  }
}

}  // namespace postbounce
