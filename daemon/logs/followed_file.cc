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

std::uint64_t IdOf(const LogReader& reader) {
  const auto state = StateOf(reader.bytes().fd());
  return state ? state->id : 0;
}

}  // namespace

FollowedFile::FollowedFile(std::string path, Start start, Watcher* watcher)
    : path_(std::move(path)),
      start_(start),
      watcher_(watcher),
      is_resolved_(true) {
  const auto rotated = RotatedFilesOf(path_);
  if (!rotated.empty()) since_ = rotated.back().time;
}

FollowedFile::FollowedFile(PathPosition position, Watcher* watcher)
    : path_(std::move(position.path)),
      watcher_(watcher),
      has_live_(position.has_live),
      since_(position.since),
      seen_(position.seen.begin(), position.seen.end()),
      gap_(std::move(position.gap)) {
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
  for (const Trail& trail : trails_) {
    position.trails.push_back(trail.position);
    position.trails.back().identity = IdentityOf(trail);
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
  const auto live = StateOfPath(path_);
  if (!live && errno != ENOENT && errno != ENOTDIR) {
    return Error(ErrorCode::kIo,
                 fmt::format("cannot look at {}: {}", Printable(path_, 200),
                             strerror(errno)));
  }
  if (!is_resolved_) {
    const auto resolved = Resolve(live);
    if (!resolved) return resolved;
  }
  if (has_live_ && is_resolved_) {
    if (!live || live->id != trails_.back().position.inode) {
      Leave();
    } else if (IdentityOf(trails_.back()).first == 0) {
      // All that was written to it may have been copied and truncated.
      AddUnseen(std::nullopt);
    }
  }
  if (live && is_resolved_ && !has_live_) {
    AddUnseen(std::nullopt);
    return BeginLive();
  }
  if (is_resolved_) start_ = Start::kBeginning;
  return {};
}

Result<void> FollowedFile::BeginLive() {
  auto reader = LogReader::Open(path_);
  if (!reader && reader.error().code() == ErrorCode::kNotFound) return {};
  if (!reader) return reader.error();
  if (std::exchange(start_, Start::kBeginning) == Start::kEnd) {
    const auto there = reader->GoToEnd();
    if (!there) return there.error();
  }
  const auto state = StateOf(reader->bytes().fd());
  if (state && reader->bytes().Stat().st_size == 0) {
    since_ = std::max(since_, state->time);
  }
  trails_.push_back(MakeTrail(std::move(*reader)));
  has_live_ = true;
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

// The file is not at the path any more, but open.
void FollowedFile::Leave() {
  has_live_ = false;
  NoteTime(trails_.back());
  AddUnseen(trails_.back().position.inode);
}

// Adds the rotated files that were written after that one, or else after
// `since_`, and never read: there was more than one rotation at a time.
void FollowedFile::AddUnseen(std::optional<std::uint64_t> after) {
  const auto files = RotatedFilesOf(path_);
  auto file = std::find_if(files.begin(), files.end(), [&](const auto& f) {
    return after && f.id == *after;
  });
  if (file != files.end()) {
    ++file;
  } else {
    file = std::find_if(files.begin(), files.end(),
                        [&](const auto& f) { return f.time > since_; });
  }
  for (; file != files.end(); ++file) {
    if (IsKnown(*file)) continue;
    auto reader = LogReader::Open(file->path);
    if (!reader) continue;
    const auto first = reader->HashFirstLine();
    if (!first || *first == 0 || WasSeen(*first)) continue;
    LogIdentity identity;
    identity.first = *first;
    const auto same = reader->Continue(identity);
    if (!same || !*same) continue;
    since_ = std::max(since_, file->time);
    Insert(MakeTrail(std::move(*reader)), file->time);
  }
}

void FollowedFile::Insert(Trail trail, std::int64_t time) {
  auto at = trails_.end();
  while (at != trails_.begin() && IdentityOf(at[-1]).first == 0) {
    const auto state = StateOf(at[-1].reader->bytes().fd());
    if (!state || state->time < time) break;
    --at;
  }
  // This one must be a copy of one that stood empty where that one stands.
  if (at != trails_.end()) at->position.gap = TruncatedText();
  trails_.insert(at, std::move(trail));
}

bool FollowedFile::IsKnown(const RotatedFile& file) const {
  return std::any_of(trails_.begin(), trails_.end(), [&](const Trail& trail) {
    return trail.reader && trail.position.inode == file.id;
  });
}

bool FollowedFile::WasSeen(std::uint64_t first) const {
  return std::find(seen_.begin(), seen_.end(), first) != seen_.end() ||
         std::any_of(trails_.begin(), trails_.end(), [&](const Trail& trail) {
           return IdentityOf(trail).first == first;
         });
}

void FollowedFile::Remember(std::uint64_t first) {
  if (first == 0) return;
  seen_.push_back(first);
  if (seen_.size() > kMaxSeen) seen_.pop_front();
}

// All that was written until now has been read.
void FollowedFile::NoteTime(const Trail& trail) {
  const auto state = StateOf(trail.reader->bytes().fd());
  if (state && IdentityOf(trail).first != 0) {
    since_ = std::max(since_, state->time);
  }
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
