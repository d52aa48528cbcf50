#include "store/log_writer.h"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <chrono>
#include <string>

namespace postbounce {
namespace {

constexpr std::chrono::seconds kClockSlack{2};
constexpr std::chrono::days kOpenAtMost{7};
constexpr std::chrono::days kOpenAtLeast{1};
constexpr std::size_t kAttemptsKept = 2'000'000;  // 16 MiB of hashes
// Parts of many recipients fill a segment, too.
constexpr std::size_t kAttemptsPerSegment = 65'536;
constexpr std::size_t kBytesPerSegment = 16u << 20;

using HashSet = boost::unordered_flat_set<LogHash>;

bool Holds(const std::vector<LogHash>& hashes, LogHash hash) {
  return std::binary_search(hashes.begin(), hashes.end(), hash);
}

bool Holds(const HashSet& set, LogHash hash) { return set.contains(hash); }

template <class Hashes>
bool IsAround(const Hashes& hashes, LogHash hash) {
  return Holds(hashes, hash) || Holds(hashes, SecondsLater(hash, -1)) ||
         Holds(hashes, SecondsLater(hash, 1));
}

bool IsFull(const LogTail& tail) {
  return tail.size() >= kPartsPerSegment ||
         tail.keys(LogKeyKind::kAttempt).size() >= kAttemptsPerSegment ||
         tail.bytes() >= kBytesPerSegment;
}

}  // namespace

void LogWriter::Forget() {
  is_loaded_ = false;
  open_.clear();
  closed_.clear();
  all_.clear();
  names_.clear();
  attempts_.clear();
  attempts_kept_ = 0;
  filters_.clear();
  hour_.reset();
}

Result<void> LogWriter::Load() {
  if (is_loaded_) return {};
  Forget();
  const auto logs = tables_.Logs();
  if (!logs) return logs.error();
  for (const LogInfo& log : *logs) names_[log.id] = log.name;
  const auto segments = tables_.Segments();
  if (!segments) return segments.error();
  for (const SegmentInfo& info : *segments) {
    if (!info.is_open) {
      closed_.push_back(info);
      continue;
    }
    Open open{info, LogTail(&hasher_, info.counts)};
    const auto read =
        tables_.EachRow(info.id, 0, [&](std::string_view row) -> Result<void> {
          ++open.rows;
          return open.tail.AddRow(row);
        });
    if (!read) return read.error();
    open_.emplace(KeyOf(info), std::move(open));
  }
  is_loaded_ = true;
  return {};
}

Result<LogWriter::Open*> LogWriter::OpenFor(const LogBatch& batch,
                                            Timestamp now) {
  const auto log = tables_.InternLog(batch.log);
  if (!log) return log.error();
  const auto advanced = tables_.Advance(*log, batch.counters, batch.position);
  if (!advanced) return advanced.error();
  names_[*log] = batch.log;
  const OpenKey key(*log, batch.is_import, batch.counts);
  const auto found = open_.find(key);
  if (found != open_.end()) return &found->second;
  const auto id = tables_.OpenSegment(*log, batch.is_import, batch.counts);
  if (!id) return id.error();
  SegmentInfo info;
  info.id = *id;
  info.log = *log;
  info.is_import = batch.is_import;
  info.counts = batch.counts;
  info.is_open = true;
  all_.clear();
  return &open_.emplace(key, Open{info, LogTail(&hasher_, info.counts), 0, now})
              .first->second;
}

Result<const std::vector<SegmentInfo>*> LogWriter::Segments() {
  const auto loaded = Load();
  if (!loaded) return loaded.error();
  if (all_.empty()) {
    for (const auto& [key, open] : open_) all_.push_back(open.info);
    all_.insert(all_.end(), closed_.begin(), closed_.end());
    std::erase_if(all_, [](const SegmentInfo& info) {
      return info.is_import && !info.counts;
    });
  }
  for (SegmentInfo& info : all_) {
    if (!info.is_open) break;
    info.first = TailOf(info.id).first();
    info.last = TailOf(info.id).last();
  }
  return &all_;
}

const LogTail& LogWriter::TailOf(SegmentId segment) const {
  const auto open = std::find_if(
      open_.begin(), open_.end(),
      [&](const auto& one) { return one.second.info.id == segment; });
  return open->second.tail;
}

std::string LogWriter::NameOf(LogId log) const {
  const auto name = names_.find(log);
  return name == names_.end() ? std::string() : name->second;
}

Result<bool> LogWriter::MayHave(SegmentId closed, LogHash id) {
  auto known = filters_.find(closed);
  if (known == filters_.end()) {
    const auto bytes = tables_.Filter(closed);
    if (!bytes) return bytes.error();
    std::optional<LogFilter> filter;
    if (!bytes->empty()) {
      auto decoded = LogFilter::Decode(*bytes);
      if (!decoded) return decoded.error();
      filter = *std::move(decoded);
    }
    known = filters_.emplace(closed, std::move(filter)).first;
  }
  return !known->second || known->second->MayHold(id);
}

Result<const std::vector<LogHash>*> LogWriter::AttemptsOf(SegmentId segment) {
  const auto known = attempts_.find(segment);
  if (known != attempts_.end()) return &known->second;
  std::vector<LogHash> hashes;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    const auto bytes = tables_.Bucket(segment, LogKeyKind::kAttempt, bucket);
    if (!bytes) return bytes.error();
    const auto more = HashesOfBucket(*bytes);
    if (!more) return more.error();
    hashes.insert(hashes.end(), more->begin(), more->end());
  }
  attempts_kept_ += hashes.size();
  while (attempts_kept_ > kAttemptsKept && !attempts_.empty()) {
    attempts_kept_ -= attempts_.begin()->second.size();
    attempts_.erase(attempts_.begin());
  }
  return &(attempts_[segment] = std::move(hashes));
}

// Those that may have an attempt of that second.
const std::vector<SegmentId>& LogWriter::ClosedAround(Timestamp time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto hour = std::chrono::floor<std::chrono::hours>(time);
  if (hour_ && second == second_) return around_;
  const auto overlaps = [](const SegmentInfo& info, Timestamp from, auto size) {
    return info.first <= from + size + kClockSlack &&
           from <= info.last + kClockSlack;
  };
  if (hour != hour_) {
    around_hour_.clear();
    for (const SegmentInfo& info : closed_) {
      if (overlaps(info, hour, std::chrono::hours(1))) {
        around_hour_.push_back(info);
      }
    }
    hour_ = hour;
  }
  around_.clear();
  for (const SegmentInfo& info : around_hour_) {
    if (overlaps(info, second, std::chrono::seconds(1))) {
      around_.push_back(info.id);
    }
  }
  second_ = second;
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

Result<LogWriter::News> LogWriter::NewsOf(LogHash hash, Timestamp time,
                                          LogWorth worth) {
  const auto is_known = IsKnownAttempt(hash, time);
  if (!is_known) return is_known.error();
  if (!*is_known) return News::kAttempt;
  bool is_worth_less = false;
  for (const LogWorth known : {LogWorth::kNothing, LogWorth::kAttempt,
                               LogWorth::kSender, LogWorth::kAll}) {
    const auto is_worth = IsKnownAttempt(HashAtWorth(hash, known), time);
    if (!is_worth) return is_worth.error();
    if (*is_worth) is_worth_less = known < worth;
  }
  return is_worth_less ? News::kWorth : News::kNone;
}

// A log may say everything twice, as two rules of syslog's make it.
Result<void> LogWriter::Compare(const LogMessage& message, bool counts,
                                IsNew* is_new) {
  is_new->BeginMessage();
  const LogWorth worth = WorthOf(message, counts);
  HashSet here;
  for (const LogAttempt& attempt : message.attempts) {
    const LogHash hash = HashOfAttempt(message, attempt);
    const auto news = NewsOf(hash, attempt.time, worth);
    if (!news) return news.error();
    is_new->Add(hash, IsAround(here, hash) ? News::kNone : *news);
    if (message.attempts.size() > 1) here.insert(hash);
  }
  return {};
}

// A part with all its attempts, or those of which there is such news; nothing
// of one that has none.
void LogWriter::AddNew(const LogMessage& message, std::size_t number,
                       const IsNew& is_new, News news, LogTail* tail) {
  const std::size_t size = message.attempts.size();
  const auto known = is_new.HashesOf(number);
  LogMessage part = message;
  part.attempts.clear();
  std::vector<LogHash> hashes;
  for (std::size_t i = 0; i < size; ++i) {
    if (is_new.NewsAt(number, i) != news) continue;
    part.attempts.push_back(message.attempts[i]);
    hashes.push_back(known[i]);
  }
  if (hashes.empty()) return;
  part.is_whole = false;
  part.is_copy = news == News::kWorth;
  if (part.is_copy) part.lines.clear();
  tail->Add(part, hashes);
}

Result<LogWriter::IsNew> LogWriter::Store(const LogBatch& batch,
                                          Timestamp now) {
  const auto loaded = Load();
  if (!loaded) return loaded.error();
  const auto open = OpenFor(batch, now);
  if (!open) return open.error();
  LogTail& tail = (*open)->tail;
  IsNew is_new;
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    const LogMessage& message = batch.messages[i];
    const auto compared = Compare(message, batch.counts, &is_new);
    if (!compared) return compared.error();
    if (is_new.IsAllNew(i)) {
      tail.Add(message, is_new.HashesOf(i));
      continue;
    }
    AddNew(message, i, is_new, News::kAttempt, &tail);
    AddNew(message, i, is_new, News::kWorth, &tail);
  }
  const std::string& row = tail.EndRow();
  if (row.empty()) return is_new;
  const auto inserted =
      tables_.InsertRow((*open)->info.id, (*open)->rows++, row);
  if (!inserted) return inserted.error();
  if (IsFull(tail)) {
    const auto closed = Close(KeyOf((*open)->info));
    if (!closed) return closed.error();
  }
  return is_new;
}

Result<void> LogWriter::CloseOverdue(Timestamp now) {
  for (const auto& [key, open] : open_) {
    if (open.tail.size() > 0 && now - open.tail.first() >= kOpenAtMost &&
        now - open.opened >= kOpenAtLeast) {
      return Close(key);
    }
  }
  return {};
}

Result<std::size_t> LogWriter::PruneSegment(Timestamp before) {
  const auto segment = tables_.PruneSegment(before);
  if (!segment) return segment.error();
  if (!*segment) return std::size_t{0};
  std::erase_if(closed_,
                [&](const auto& info) { return info.id == **segment; });
  ForgetClosed(**segment);
  return std::size_t{1};
}

Result<std::size_t> LogWriter::Prune(Timestamp kept_before,
                                     Timestamp lines_before, Timestamp now) {
  const auto loaded = Load();
  if (!loaded) return loaded.error();
  const auto closed = CloseOverdue(now);
  if (!closed) return closed.error();
  std::size_t pruned = 0;
  for (const auto& step :
       {PruneSegment(kept_before), tables_.PruneLines(lines_before),
        tables_.PruneTotals(kept_before)}) {
    if (!step) return step;
    pruned += *step;
  }
  return pruned;
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
  all_.clear();
  hour_.reset();
  open_.erase(place);
  return {};
}

}  // namespace postbounce
