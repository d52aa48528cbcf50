// LogFinder::Messages(): the newest first.
#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <charconv>
#include <queue>
#include <tuple>
#include <utility>

#include "store/log_finder.h"
#include "store/log_match.h"

namespace postbounce {
namespace {

constexpr std::size_t kPageLimit = 1000;
// So many parts are looked at for one page where no key leads to them, and so
// many joined: about a quarter of a second each.
constexpr std::size_t kScanned = 200'000;
// As JSON, about; one message may have half of it in attempts and in lines.
constexpr std::size_t kPageBytes = 1u << 20;
constexpr std::size_t kMessageBytes = 700;  // without what varies
constexpr std::size_t kAttemptBytes = 350;

// Where a part stands among all. A page goes on before its cursor.
struct Rank {
  Timestamp time = Timestamp::max();  // LogMessage::last_seen
  SegmentId segment{};
  std::uint32_t part = 0;
  auto operator<=>(const Rank&) const = default;
};

// "MILLISECONDS.SEGMENT.PART"
std::string CursorOf(const Rank& rank) {
  return std::to_string(rank.time.time_since_epoch().count()) + "." +
         std::to_string(static_cast<std::int64_t>(rank.segment)) + "." +
         std::to_string(rank.part);
}

template <class T>
bool TakeNumber(std::string_view* text, T* number) {
  const char* const end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, *number);
  text->remove_prefix(static_cast<std::size_t>(parsed.ptr - text->data()));
  return parsed.ec == std::errc();
}

bool TakeDot(std::string_view* text) {
  if (!text->starts_with('.')) return false;
  text->remove_prefix(1);
  return true;
}

Result<Rank> ParseCursor(std::string_view text) {
  if (text.empty()) return Rank();
  std::string_view rest = text;
  std::int64_t time = 0;
  std::int64_t segment = 0;
  Rank rank;
  const bool is_read = TakeNumber(&rest, &time) && TakeDot(&rest) &&
                       TakeNumber(&rest, &segment) && TakeDot(&rest) &&
                       TakeNumber(&rest, &rank.part) && rest.empty();
  if (!is_read) return Error(ErrorCode::kSyntax, "no such cursor", text);
  rank.time = Timestamp(std::chrono::milliseconds(time));
  rank.segment = SegmentId{segment};
  return rank;
}

std::size_t SizeOf(const LogAttempt& attempt) {
  return kAttemptBytes + attempt.recipient.size() + attempt.original.size() +
         attempt.relay.size() + attempt.text.size();
}

std::size_t SizeOf(const LogMessage& message) {
  std::size_t size = kMessageBytes + message.lines.size();
  for (const LogAttempt& attempt : message.attempts) size += SizeOf(attempt);
  return size;
}

// Of lines that are too many the last ones stay.
void CutLines(std::string* lines) {
  if (lines->size() <= kPageBytes / 2) return;
  const std::size_t end = lines->find('\n', lines->size() - kPageBytes / 2);
  lines->erase(0, end + 1);
}

}  // namespace

// One call of Messages().
class LogFinder::Search {
 public:
  Search(LogFinder* finder, const LogQuery& query, const Rank& before)
      : finder_(*finder),
        query_(query),
        match_(query, &finder->hasher_),
        keys_(match_.Keys()),
        limit_(std::clamp<std::size_t>(query.limit, 1, kPageLimit)),
        before_(before) {}

  Result<LogPage> Run();

 private:
  // A part that fits.
  struct Hit {
    Rank rank;
    Place place;
    bool operator<(const Hit& other) const { return rank < other.rank; }
  };

  bool IsOutside(const SegmentInfo& segment) const;
  Result<std::vector<std::uint32_t>> Candidates(const SegmentInfo& segment);
  Result<std::vector<std::uint32_t>> EveryPart(const SegmentInfo& segment);
  Result<void> Collect(const SegmentInfo& segment);
  Result<void> ListAfter(Timestamp time);
  Result<void> Consider(const Hit& hit);
  void Take(LogMessage whole);
  std::size_t Cut(LogMessage* message) const;
  bool IsFull() const {
    return page_.messages.size() >= limit_ || size_ >= kPageBytes ||
           joined_ >= kScanned;
  }

  LogFinder& finder_;
  const LogQuery& query_;
  const LogMatch match_;
  const std::vector<LogMatch::Key> keys_;
  const std::size_t limit_;
  Rank before_;  // of the page, then of what was considered last
  std::priority_queue<Hit> hits_;
  boost::unordered_flat_set<std::pair<SegmentId, std::uint32_t>> seen_;
  std::size_t scanned_ = 0;
  std::size_t joined_ = 0;
  std::size_t size_ = 0;
  LogPage page_;
};

Result<std::vector<std::uint32_t>> LogFinder::Search::EveryPart(
    const SegmentInfo& segment) {
  std::vector<std::uint64_t> reasons;
  if (query_.reason && !segment.is_open) {
    auto read = finder_.tables_.ChunkReasons(segment.id);
    if (!read) return read.error();
    reasons = *std::move(read);
  }
  const std::uint64_t wanted =
      query_.reason ? std::uint64_t{1} << static_cast<unsigned>(*query_.reason)
                    : 0;
  std::vector<std::uint32_t> parts;
  for (std::uint32_t part = 0; part < segment.parts; ++part) {
    const std::size_t chunk = part / kPartsPerChunk;
    if (chunk < reasons.size() && (reasons[chunk] & wanted) == 0) continue;
    parts.push_back(part);
  }
  return parts;
}

Result<std::vector<std::uint32_t>> LogFinder::Search::Candidates(
    const SegmentInfo& segment) {
  if (keys_.empty()) return EveryPart(segment);
  std::vector<std::uint32_t> parts;
  for (const LogMatch::Key& key : keys_) {
    const auto more = finder_.parts_.Find(segment, key.kind, key.hash);
    if (!more) return more;
    parts.insert(parts.end(), more->begin(), more->end());
  }
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  return parts;
}

bool LogFinder::Search::IsOutside(const SegmentInfo& segment) const {
  return before_.time < segment.first ||
         (query_.since && segment.last < *query_.since) ||
         (query_.until && *query_.until < segment.first);
}

Result<void> LogFinder::Search::Collect(const SegmentInfo& segment) {
  const auto parts = Candidates(segment);
  if (!parts) return parts.error();
  for (const std::uint32_t number : *parts) {
    const Place place{&segment, number};
    const auto part = finder_.Load(place, false);
    if (!part) return part.error();
    const Rank rank{part->last_seen, segment.id, number};
    if (rank < before_ && match_.Fits(*part)) hits_.push({rank, place});
  }
  scanned_ += parts->size();
  return {};
}

// A message is listed once, on whichever page: at the newest of its parts that
// fit.
Result<void> LogFinder::Search::Consider(const Hit& hit) {
  const auto part = finder_.Load(hit.place, false);
  if (!part) return part.error();
  auto parts = finder_.parts_.AllParts(finder_.segments_, *part, hit.place,
                                       query_.with_lines);
  if (!parts) return parts.error();
  joined_ += parts->size();
  bool is_newest = true;
  for (const Located& other : *parts) {
    const SegmentId segment = other.place.segment->id;
    seen_.emplace(segment, other.place.part);
    const Rank rank{other.message.last_seen, segment, other.place.part};
    is_newest &= rank <= hit.rank || !match_.Fits(other.message);
  }
  if (is_newest) Take(LogParts::Joined(*std::move(parts)));
  return {};
}

void LogFinder::Search::Take(LogMessage whole) {
  if (!match_.IsMeant(whole)) return;
  page_.left_out.push_back(Cut(&whole));
  size_ += SizeOf(whole);
  page_.messages.push_back(std::move(whole));
}

// Of attempts that are too many those stay that fit, and the last ones.
std::size_t LogFinder::Search::Cut(LogMessage* message) const {
  auto& attempts = message->attempts;
  const std::size_t all = attempts.size();
  if (query_.queue_id.empty() && query_.message_id.empty()) {
    std::erase_if(attempts, [&](const LogAttempt& attempt) {
      return !match_.IsOfRecipient(attempt);
    });
  }
  CutLines(&message->lines);
  if (SizeOf(*message) - message->lines.size() <= kPageBytes / 2) {
    return all - attempts.size();
  }
  std::stable_partition(
      attempts.begin(), attempts.end(),
      [&](const LogAttempt& attempt) { return !match_.Fits(attempt); });
  std::size_t size = kMessageBytes;
  auto begin = attempts.end();
  while (begin != attempts.begin()) {
    size += SizeOf(*std::prev(begin));
    if (size > kPageBytes / 2 && begin != attempts.end()) break;
    --begin;
  }
  attempts.erase(attempts.begin(), begin);
  std::stable_sort(
      attempts.begin(), attempts.end(),
      [](const LogAttempt& a, const LogAttempt& b) { return a.time < b.time; });
  return all - attempts.size();
}

// Considers the hits that are later, and must be all of those. Sets the cursor
// when the page is full before the last one.
Result<void> LogFinder::Search::ListAfter(Timestamp time) {
  while (!hits_.empty() && time < hits_.top().rank.time) {
    const Hit hit = hits_.top();
    if (!seen_.contains({hit.rank.segment, hit.rank.part})) {
      if (IsFull()) {
        page_.cursor = CursorOf(before_);
        return {};
      }
      const auto considered = Consider(hit);
      if (!considered) return considered;
      before_ = hit.rank;
    }
    hits_.pop();
  }
  return {};
}

Result<LogPage> LogFinder::Search::Run() {
  for (const SegmentInfo& segment : finder_.segments_) {
    if (IsOutside(segment)) continue;
    const auto listed = ListAfter(segment.last);
    if (!listed) return listed.error();
    if (!page_.cursor.empty()) return std::move(page_);
    const Rank rest{segment.last + std::chrono::milliseconds(1), {}, 0};
    // Where segments are of one time, all of them have to be looked at.
    if (scanned_ >= kScanned && rest < before_) {
      page_.cursor = CursorOf(rest);
      return std::move(page_);
    }
    const auto collected = Collect(segment);
    if (!collected) return collected.error();
  }
  const auto listed = ListAfter(Timestamp::min());
  if (!listed) return listed.error();
  return std::move(page_);
}

Result<LogPage> LogFinder::Messages(const LogQuery& query) {
  const auto refreshed = Refresh();
  if (!refreshed) return refreshed.error();
  const auto before = ParseCursor(query.cursor);
  if (!before) return before.error();
  return Search(this, query, *before).Run();
}

}  // namespace postbounce
