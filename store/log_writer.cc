#include "store/log_writer.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace postbounce {
namespace {

constexpr std::chrono::seconds kClockSlack{2};
constexpr std::chrono::days kOpenAtMost{7};
// Of 16 384 parts, 8 bytes an attempt: as many as a busy hour fills.
constexpr std::size_t kAttemptSets = 128;

bool Holds(const std::vector<LogHash>& hashes, LogHash hash) {
  return std::binary_search(hashes.begin(), hashes.end(), hash);
}

bool IsAround(const std::vector<LogHash>& hashes, LogHash hash) {
  return Holds(hashes, hash) || Holds(hashes, SecondsLater(hash, -1)) ||
         Holds(hashes, SecondsLater(hash, 1));
}

}  // namespace

void LogWriter::Forget() {
  is_loaded_ = false;
  open_.clear();
  closed_.clear();
  attempts_.clear();
  around_hour_.reset();
}

Result<void> LogWriter::Load() {
  if (is_loaded_) return {};
  Forget();
  const auto segments = tables_.Segments();
  if (!segments) return segments.error();
  for (const SegmentInfo& info : *segments) {
    if (!info.is_open) {
      closed_.push_back(info);
      continue;
    }
    Open open{info, LogTail(&hasher_), 0};
    const auto read =
        tables_.EachRow(info.id, 0, [&](std::string_view row) -> Result<void> {
          ++open.rows;
          return open.tail.AddRow(row);
        });
    if (!read) return read.error();
    open_.emplace(OpenKey(info.log, info.is_import), std::move(open));
  }
  is_loaded_ = true;
  return {};
}

Result<LogWriter::Open*> LogWriter::OpenFor(const LogBatch& batch) {
  const auto log = tables_.InternLog(batch.log);
  if (!log) return log.error();
  const auto advanced = tables_.Advance(*log, batch.counters, batch.position);
  if (!advanced) return advanced.error();
  const OpenKey key(*log, batch.is_import);
  const auto found = open_.find(key);
  if (found != open_.end()) return &found->second;
  const auto id = tables_.OpenSegment(*log, batch.is_import);
  if (!id) return id.error();
  SegmentInfo info;
  info.id = *id;
  info.log = *log;
  info.is_import = batch.is_import;
  info.is_open = true;
  return &open_.emplace(key, Open{info, LogTail(&hasher_), 0}).first->second;
}

Result<const std::vector<LogHash>*> LogWriter::AttemptsOf(SegmentId segment) {
  const auto known = attempts_.find(segment);
  if (known != attempts_.end()) return &known->second;
  if (attempts_.size() >= kAttemptSets) attempts_.erase(attempts_.begin());
  std::vector<LogHash> hashes;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const auto bytes = tables_.Bucket(segment, LogKeyKind::kAttempt, bucket);
    if (!bytes) return bytes.error();
    const auto more = HashesOfBucket(*bytes);
    if (!more) return more.error();
    hashes.insert(hashes.end(), more->begin(), more->end());
  }
  return &(attempts_[segment] = std::move(hashes));
}

// Those that may have an attempt of that hour.
const std::vector<SegmentId>& LogWriter::ClosedAround(Timestamp time) {
  const auto hour = std::chrono::floor<std::chrono::hours>(time);
  if (hour == around_hour_) return around_;
  around_hour_ = hour;
  around_.clear();
  for (const SegmentInfo& info : closed_) {
    if (info.first <= hour + std::chrono::hours(1) + kClockSlack &&
        hour <= info.last + kClockSlack) {
      around_.push_back(info.id);
    }
  }
  return around_;
}

Result<bool> LogWriter::IsKnownAttempt(LogHash hash, Timestamp time) {
  for (const auto& [key, open] : open_) {
    if (open.tail.HasAttempt(hash)) return true;
  }
  for (const SegmentId id : ClosedAround(time)) {
    const auto hashes = AttemptsOf(id);
    if (!hashes) return hashes.error();
    if (IsAround(**hashes, hash)) return true;
  }
  return false;
}

Result<LogWriter::IsNew> LogWriter::Compare(const LogBatch& batch) {
  IsNew is_new;
  for (const LogMessage& message : batch.messages) {
    is_new.BeginMessage();
    for (const LogAttempt& attempt : message.attempts) {
      const LogHash hash = HashOfAttempt(message, attempt);
      const auto is_known = IsKnownAttempt(hash, attempt.time);
      if (!is_known) return is_known.error();
      is_new.Add(hash, !*is_known);
    }
  }
  return is_new;
}

// A part with all its attempts, or those that are new; nothing of one whose
// attempts are all known.
void LogWriter::AddNew(const LogMessage& message, std::size_t number,
                       const IsNew& is_new, LogTail* tail) {
  const std::size_t size = message.attempts.size();
  const LogHash* const known = is_new.HashesAt(number);
  std::size_t count = 0;
  for (std::size_t i = 0; i < size; ++i) count += is_new.At(number, i) ? 1 : 0;
  if (count == size) return tail->Add(message, {known, size});
  if (count == 0) return;
  LogMessage part = message;
  part.attempts.clear();
  part.is_whole = false;
  std::vector<LogHash> hashes;
  for (std::size_t i = 0; i < size; ++i) {
    if (!is_new.At(number, i)) continue;
    part.attempts.push_back(message.attempts[i]);
    hashes.push_back(known[i]);
  }
  tail->Add(part, hashes);
}

Result<LogWriter::IsNew> LogWriter::Store(const LogBatch& batch) {
  const auto loaded = Load();
  if (!loaded) return loaded.error();
  const auto is_new = Compare(batch);
  if (!is_new) return is_new;
  const auto open = OpenFor(batch);
  if (!open) return open.error();
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    AddNew(batch.messages[i], i, *is_new, &(*open)->tail);
  }
  const std::string& row = (*open)->tail.EndRow();
  if (row.empty()) return is_new;
  const auto inserted =
      tables_.InsertRow((*open)->info.id, (*open)->rows++, row);
  if (!inserted) return inserted.error();
  if ((*open)->tail.size() >= kPartsPerSegment) {
    const auto closed =
        Close(OpenKey((*open)->info.log, (*open)->info.is_import));
    if (!closed) return closed.error();
  }
  return is_new;
}

Result<std::size_t> LogWriter::Prune(Timestamp kept_before,
                                     Timestamp lines_before, Timestamp now) {
  const auto loaded = Load();
  if (!loaded) return loaded.error();
  for (const auto& [key, open] : open_) {
    if (open.tail.size() == 0 || now - open.tail.first() < kOpenAtMost) {
      continue;
    }
    const auto closed = Close(key);
    if (!closed) return closed.error();
    return std::size_t{1};
  }
  const auto segments = tables_.PruneSegment(kept_before);
  if (!segments) return segments;
  // It may have been among those that attempts are compared with.
  if (*segments > 0) Forget();
  const auto lines = tables_.PruneLines(lines_before);
  if (!lines) return lines;
  return *segments + *lines;
}

Result<void> LogWriter::Close(const OpenKey& key) {
  const auto place = open_.find(key);
  Open& open = place->second;
  open.info.is_open = false;
  open.info.first = open.tail.first();
  open.info.last = open.tail.last();
  open.info.parts = static_cast<std::uint32_t>(open.tail.size());
  const auto closed = tables_.CloseSegment(open.info, BuildSegment(open.tail),
                                           open.tail.totals());
  if (!closed) return closed.error();
  closed_.push_back(open.info);
  around_hour_.reset();
  open_.erase(place);
  return {};
}

}  // namespace postbounce
