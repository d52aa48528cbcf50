#include <algorithm>
#include <utility>

#include "daemon/logs/followed_file.h"

namespace postbounce {
Result<bool> FollowedFile::Read(LogChunk* chunk) {
  for (int i = 0; i < kTries; ++i) {
    auto step = ReadOnce(chunk);
    if (!step) return step.error();
    if (*step != Step::kTruncated) return *step == Step::kLines;
    const auto looked = Check();
    if (!looked) return looked.error();
  }
  is_unsettled_ = true;
  return false;
}

Result<FollowedFile::Step> FollowedFile::ReadOnce(LogChunk* chunk) {
  for (std::size_t i = 0; i < trails_.size() && trails_[i].reader;) {
    Trail& trail = trails_[i];
    if (!trail.position.gap.empty()) {
      chunk->gaps = 1;
      chunk->gap_text = std::exchange(trail.position.gap, {});
      return Step::kLines;
    }
    const auto step = ReadTrail(i, chunk);
    if (!step || *step == Step::kTruncated) return step;
    if (*step == Step::kLines || TakeRest(i, chunk)) {
      Fill(&trail, chunk);
      return Step::kLines;
    }
    if (IsDone(i)) {
      NoteTime(trail);
      Drop(i);
    } else {
      ++i;
    }
  }
  return Step::kNothing;
}

Result<FollowedFile::Step> FollowedFile::ReadTrail(std::size_t index,
                                                   LogChunk* chunk) {
  Trail& trail = trails_[index];
  const LogIdentity before = trail.reader->identity();
  Result<bool> more = true;
  while (more && *more && chunk->lines.empty()) {
    more = trail.reader->Read(&chunk->lines);
    if (!trail.reader->IsIntact()) {
      chunk->lines.clear();
      Truncated(index, before);
      return Step::kTruncated;
    }
  }
  if (!more) return Complain(index, more.error());
  if (*more) {
    trail.position.is_dry = false;
    return Step::kLines;
  }
  if (!std::exchange(trail.position.is_dry, true) && IsLive(index)) {
    NoteTime(trail);
  }
  return Step::kNothing;
}

// A damaged archive has no more to give; other troubles may pass.
Result<FollowedFile::Step> FollowedFile::Complain(std::size_t index,
                                                  const Error& error) {
  if (trails_[index].reader->bytes().is_compressed()) {
    gap_ = error.text();
    Drop(index);
    if (index < trails_.size()) {
      trails_[index].position.gap = std::exchange(gap_, {});
    }
    return error;
  }
  if (error.text() == read_complaint_) return Step::kNothing;
  read_complaint_ = error.text();
  return error;
}

bool FollowedFile::IsLive(std::size_t index) const {
  return has_live_ && index + 1 == trails_.size();
}

// Whether nothing more can come: nobody writes to an archive, to a file
// without a name, or to one before the one that was rotated last.
bool FollowedFile::IsDone(std::size_t index) const {
  if (IsLive(index)) return false;
  if (index + 1 < trails_.size() && !IsLive(index + 1)) return true;
  const LogBytes& bytes = trails_[index].reader->bytes();
  const auto state = StateOf(bytes.fd());
  return bytes.is_compressed() || (state && !state->is_named);
}

// The last line of a file that lacks its end may still grow, until the next
// file has lines. That of a copy was cut by the copying.
bool FollowedFile::TakeRest(std::size_t index, LogChunk* chunk) {
  if (trails_[index].position.is_copy) return false;
  bool is_over = IsDone(index);
  for (std::size_t i = index + 1; i < trails_.size() && !is_over; ++i) {
    const LogBytes& bytes = trails_[i].reader->bytes();
    is_over = static_cast<std::uint64_t>(bytes.Stat().st_size) > bytes.offset();
  }
  return is_over && trails_[index].reader->TakeRest(&chunk->lines);
}

void FollowedFile::Fill(Trail* trail, LogChunk* chunk) {
  chunk->is_new_stream =
      std::exchange(reading_, trail->number) != trail->number;
  const auto state = StateOf(trail->reader->bytes().fd());
  if (!state) return;
  chunk->latest = std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>(
          std::chrono::nanoseconds(state->time)));
}

}  // namespace postbounce
