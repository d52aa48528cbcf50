#include "daemon/logs/followed_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

// Of trails that are done with: what rotation may still move about.
constexpr std::size_t kMaxSeen = 8;

}  // namespace

std::uint64_t FollowedFile::IdOf(const LogReader& reader) {
  const auto state = StateOf(reader.bytes().fd());
  return state ? state->id : 0;
}

FollowedFile::FollowedFile(std::string path, Start start, Watcher* watcher)
    : path_(std::move(path)),
      start_(start),
      watcher_(watcher),
      is_resolved_(true) {
  const auto rotated = RotatedFilesOf(path_);
  if (!rotated.empty()) since_ = rotated.back().time + 1;
}

FollowedFile::FollowedFile(PathPosition position, Watcher* watcher)
    : path_(std::move(position.path)),
      watcher_(watcher),
      has_live_(position.has_live),
      since_(position.since),
      seen_(position.seen.begin(), position.seen.end()),
      gap_(std::move(position.gap)) {
  if (has_live_) live_id_ = position.trails.back().inode;
  for (auto& trail : position.trails) {
    trails_.push_back({std::move(trail), nullptr, -1, next_number_++});
  }
}

FollowedFile::~FollowedFile() {
  while (!trails_.empty()) Drop(trails_.size() - 1);
}

PathPosition FollowedFile::Position() const {
  PathPosition position;
  position.path = path_;
  position.has_live = has_live_;
  position.since = since_;
  position.gap = gap_;
  position.seen.assign(seen_.begin(), seen_.end());
  for (std::size_t i = 0; i < trails_.size(); ++i) {
    TrailPosition& to = position.trails.emplace_back(trails_[i].position);
    to.identity = IdentityOf(trails_[i]);
    // One that waits to be read may be compressed before.
    if (to.identity.first == 0 && trails_[i].reader && !IsLive(i)) {
      to.identity.first = trails_[i].reader->PeekFirstLine();
    }
  }
  return position;
}

Result<void> FollowedFile::Check() {
  const auto looked = Look();
  if (looked) {
    complaint_.clear();
  } else if (looked.error().text() != complaint_) {
    complaint_ = looked.error().text();
    return looked;
  }
  return {};
}

Result<void> FollowedFile::Look() {
  is_unsettled_ = false;
  const auto live = StateOfPath(path_);
  if (!live && errno != ENOENT && errno != ENOTDIR) {
    return Error(ErrorCode::kIo,
                 fmt::format("cannot look at {}: {}", Printable(path_, 200),
                             strerror(errno)));
  }
  const std::uint64_t next_number = next_number_;
  const bool is_same = live && live->id == live_id_;
  if (!is_resolved_) {
    const auto resolved = Resolve(live.has_value());
    if (!resolved || !is_resolved_) return resolved;
  }
  if (has_live_ && (!live || live->id != trails_.back().position.inode)) {
    has_live_ = false;
    NoteTime(trails_.back());
    SearchAfter(trails_.back());
  }
  Result<void> begun;
  if (live && !has_live_) begun = BeginLive();
  if (begun) start_ = Start::kBeginning;
  // All that was written to a log may have been copied and truncated.
  if (has_unseen_ || (has_live_ && IdentityOf(trails_.back()).first == 0)) {
    AddUnseen(next_number, is_same);
  }
  live_id_ = live ? live->id : 0;
  return begun;
}

Result<void> FollowedFile::BeginLive() {
  auto reader = LogReader::Open(path_);
  if (!reader && reader.error().code() == ErrorCode::kNotFound) return {};
  if (!reader) return reader.error();
  if (start_ == Start::kEnd) {
    const auto there = reader->GoToEnd();
    if (!there) return there.error();
  }
  trails_.push_back(MakeTrail(std::move(*reader)));
  has_live_ = true;
  has_unseen_ = true;
  return {};
}

FollowedFile::Trail FollowedFile::MakeTrail(LogReader reader) {
  Trail trail;
  trail.reader = std::make_unique<LogReader>(std::move(reader));
  trail.position.inode = IdOf(*trail.reader);
  trail.position.gap = std::exchange(gap_, {});
  trail.watch = watcher_->WatchFile(trail.reader->bytes().fd());
  trail.number = next_number_++;
  return trail;
}

void FollowedFile::SearchAfter(const Trail& trail) {
  has_unseen_ = true;
  unseen_after_ = trail.position.inode;
  // One that nothing was read of may have been copied and truncated.
  if (IdentityOf(trail).first == 0) unseen_after_.reset();
}

// Adds the rotated files that were never read: those written after a certain
// one, or else those that are not older than what was read. The live file is
// open already, so that a copy of it is known. `next_number`: trails from it
// on are new themselves. `are_copies`: the same file stands at the path.
void FollowedFile::AddUnseen(std::uint64_t next_number, bool are_copies) {
  const auto after = std::exchange(unseen_after_, std::nullopt);
  has_unseen_ = false;
  const std::int64_t since = since_;
  if (has_live_) NoteTime(trails_.back(), true);
  auto files = RotatedFilesOf(path_);
  for (int i = 0; i < kTries; ++i) {
    auto file = std::find_if(files.begin(), files.end(), [&](const auto& f) {
      return after && f.id == *after;
    });
    const bool is_there = file != files.end();
    if (!is_there) file = files.begin();
    for (; file != files.end(); ++file) {
      if ((is_there || file->time >= since) && !IsKnown(*file)) {
        AddIfUnseen(*file, next_number, are_copies);
      }
    }
    auto again = RotatedFilesOf(path_);
    has_unseen_ = again != files;
    if (!has_unseen_) break;
    files = std::move(again);
  }
  if (has_unseen_) {
    is_unsettled_ = true;
    unseen_after_ = after;
  }
}

void FollowedFile::AddIfUnseen(const RotatedFile& file,
                               std::uint64_t next_number, bool is_copy) {
  auto reader = LogReader::Open(file.path);
  if (!reader || IdOf(*reader) != file.id) return;
  const auto first = reader->HashFirstLine();
  if (!first || *first == 0 || WasSeen(*first)) return;
  LogIdentity identity;
  identity.first = *first;
  const auto same = reader->Continue(identity);
  if (!same || !*same) return;
  Trail trail = MakeTrail(std::move(*reader));
  trail.position.is_copy = is_copy;
  const auto next = Insert(std::move(trail), file.time);
  // It is older than a file that has stood there empty: a copy of that one.
  if (next != trails_.end() && next->number < next_number) {
    next->position.gap = TruncatedText();
  }
}

// By time among those that nothing was read of; the one behind it.
std::deque<FollowedFile::Trail>::iterator FollowedFile::Insert(
    Trail trail, std::int64_t time) {
  auto at = trails_.end();
  while (at != trails_.begin() && IdentityOf(at[-1]).offset == 0) {
    const auto state = StateOf(at[-1].reader->bytes().fd());
    // A clock may tick once for several; a copy is no older than the live one.
    const bool is_live = has_live_ && at == trails_.end();
    if (!state || state->time < time || (!is_live && state->time == time)) {
      break;
    }
    --at;
  }
  return trails_.insert(at, std::move(trail)) + 1;
}

bool FollowedFile::IsKnown(const RotatedFile& file) const {
  return std::any_of(trails_.begin(), trails_.end(), [&](const Trail& trail) {
    return trail.reader && trail.position.inode == file.id;
  });
}

bool FollowedFile::WasSeen(std::uint64_t first) const {
  return std::find(seen_.begin(), seen_.end(), first) != seen_.end() ||
         std::any_of(trails_.begin(), trails_.end(), [&](const Trail& trail) {
           // One that nothing was read of yet may be compressed already.
           return IdentityOf(trail).first == first ||
                  (IdentityOf(trail).first == 0 && trail.reader &&
                   trail.reader->PeekFirstLine() == first);
         });
}

void FollowedFile::Remember(std::uint64_t first) {
  if (first == 0) return;
  seen_.push_back(first);
  if (seen_.size() > kMaxSeen) seen_.pop_front();
}

// All that was written until now has been read, or is about to be found.
void FollowedFile::NoteTime(const Trail& trail, bool is_empty_too) {
  const auto state = StateOf(trail.reader->bytes().fd());
  if (!state) return;
  const bool is_empty =
      is_empty_too && trail.reader->bytes().Stat().st_size == 0;
  const bool was_read = trail.position.is_dry && IdentityOf(trail).first != 0;
  if (is_empty || was_read) since_ = std::max(since_, state->time);
}

const LogIdentity& FollowedFile::IdentityOf(const Trail& trail) {
  return trail.reader ? trail.reader->identity() : trail.position.identity;
}

void FollowedFile::Drop(std::size_t index) {
  Remember(IdentityOf(trails_[index]).first);
  watcher_->Forget(trails_[index].watch);
  trails_.erase(trails_.begin() + static_cast<std::ptrdiff_t>(index));
}

}  // namespace postbounce
