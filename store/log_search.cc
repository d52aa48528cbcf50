// LogFinder::Messages(): from the newest part to the oldest.
#include <algorithm>
#include <charconv>
#include <utility>

#include "mime/text/text.h"
#include "store/log_finder.h"

namespace postbounce {
namespace {

constexpr std::size_t kPageLimit = 1000;
// So many parts are looked at for one page where no key leads to them: about
// a quarter of a second.
constexpr std::size_t kScanned = 200'000;
constexpr std::string_view kNullSender = "<>";

bool IsSender(const LogMessage& message, const std::string& sender) {
  if (!message.sender) return false;
  return sender == kNullSender ? message.sender->empty()
                               : EqualsIgnoringCase(*message.sender, sender);
}

bool IsAddress(std::string_view logged, std::string_view asked) {
  if (EqualsIgnoringCase(logged, asked)) return true;
  const auto a = Address::Parse(logged);
  const auto b = Address::Parse(asked);
  return a && b &&
         a->NormalisedText(Normaliser()) == b->NormalisedText(Normaliser());
}

bool IsWithin(const LogQuery& query, Timestamp time) {
  return (!query.since || *query.since <= time) &&
         (!query.until || time < *query.until);
}

// "5.1" fits 5.1.1 but not 5.10.1.
bool IsStatus(std::string_view status, std::string_view begin) {
  return status.starts_with(begin) &&
         (status.size() == begin.size() || begin.ends_with('.') ||
          status[begin.size()] == '.');
}

bool Fits(const LogQuery& query, const LogAttempt& attempt) {
  const bool is_recipient = query.recipient.empty() ||
                            IsAddress(attempt.recipient, query.recipient) ||
                            IsAddress(attempt.original, query.recipient);
  return is_recipient &&
         (query.domain.empty() ||
          EqualsIgnoringCase(DomainOf(attempt.recipient), query.domain)) &&
         (!query.action || attempt.action == *query.action) &&
         (query.status.empty() || IsStatus(attempt.status, query.status)) &&
         (!query.reason || attempt.reason == *query.reason) &&
         IsWithin(query, attempt.time);
}

bool AsksForAttempt(const LogQuery& query) {
  return !query.recipient.empty() || !query.domain.empty() || query.action ||
         !query.status.empty() || query.reason;
}

bool Fits(const LogQuery& query, const LogMessage& message) {
  const bool is_message =
      (query.queue_id.empty() || message.queue_id == query.queue_id) &&
      (query.sender.empty() || IsSender(message, query.sender)) &&
      (query.message_id.empty() || HashOfMessageId(message.message_id) ==
                                       HashOfMessageId(query.message_id));
  if (!is_message) return false;
  if (std::any_of(message.attempts.begin(), message.attempts.end(),
                  [&](const LogAttempt& one) { return Fits(query, one); })) {
    return true;
  }
  return !AsksForAttempt(query) && IsWithin(query, message.last_seen);
}

// "SEGMENT.PART": the part before which to go on.
std::string CursorOf(SegmentId segment, std::uint32_t part) {
  return std::to_string(static_cast<std::int64_t>(segment)) + "." +
         std::to_string(part);
}

struct Cursor {
  SegmentId segment{};
  std::uint32_t part = 0;
};

Result<std::optional<Cursor>> ParseCursor(const std::string& text) {
  if (text.empty()) return std::optional<Cursor>();
  const char* const end = text.data() + text.size();
  std::int64_t segment = 0;
  Cursor cursor;
  auto parsed = std::from_chars(text.data(), end, segment);
  if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == '.') {
    parsed = std::from_chars(parsed.ptr + 1, end, cursor.part);
    cursor.segment = SegmentId{segment};
    if (parsed.ec == std::errc() && parsed.ptr == end) {
      return std::optional<Cursor>(cursor);
    }
  }
  return Error(ErrorCode::kSyntax, "no such cursor", text);
}

}  // namespace

// One call of Messages().
class LogFinder::Search {
 public:
  Search(LogFinder* finder, const LogQuery& query)
      : finder_(*finder),
        query_(query),
        limit_(std::clamp<std::size_t>(query.limit, 1, kPageLimit)) {
    ChooseKey();
  }

  Result<LogPage> Run();

 private:
  void ChooseKey();
  Result<std::vector<std::uint32_t>> Candidates(const SegmentInfo& segment);
  Result<std::vector<std::uint32_t>> EveryPart(const SegmentInfo& segment);
  Result<void> Look(const SegmentInfo& segment, std::uint32_t from);
  Result<void> Consider(const Place& place);
  bool IsOutside(const SegmentInfo& segment) const;
  bool HasKey(const LogMessage& part) const;
  bool IsFirstLookedAt(const Place& place,
                       const std::vector<Located>& parts) const;

  LogFinder& finder_;
  const LogQuery& query_;
  const std::size_t limit_;
  std::optional<std::pair<LogKeyKind, LogHash>> key_;
  std::size_t scanned_ = 0;
  LogPage page_;
};

// The one that fits the fewest.
void LogFinder::Search::ChooseKey() {
  LogHasher& hasher = finder_.hasher_;
  if (!query_.queue_id.empty()) {
    key_.emplace(LogKeyKind::kQueueId, HashOfId(query_.queue_id));
  } else if (!query_.message_id.empty()) {
    key_.emplace(LogKeyKind::kMessageId, HashOfMessageId(query_.message_id));
  } else if (!query_.recipient.empty()) {
    key_.emplace(LogKeyKind::kRecipient,
                 hasher.HashOfAddress(query_.recipient));
  } else if (!query_.domain.empty()) {
    key_.emplace(LogKeyKind::kDomain, HashOfDomain(query_.domain));
  } else if (!query_.sender.empty()) {
    key_.emplace(LogKeyKind::kSender,
                 hasher.HashOfAddress(query_.sender == kNullSender
                                          ? std::string_view()
                                          : std::string_view(query_.sender)));
  }
}

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
  for (std::uint32_t part = 0; part < finder_.PartsIn(segment); ++part) {
    const std::size_t chunk = part / kPartsPerChunk;
    if (chunk < reasons.size() && (reasons[chunk] & wanted) == 0) continue;
    parts.push_back(part);
  }
  return parts;
}

Result<std::vector<std::uint32_t>> LogFinder::Search::Candidates(
    const SegmentInfo& segment) {
  if (IsOutside(segment)) return std::vector<std::uint32_t>();
  if (!key_) return EveryPart(segment);
  return finder_.Find(segment, key_->first, key_->second);
}

Result<void> LogFinder::Search::Consider(const Place& place) {
  const auto part = finder_.Load(place, false);
  if (!part) return part.error();
  // A part is as good as its message for all that keys are made of.
  if (part->is_whole && !Fits(query_, *part)) return {};
  auto parts = finder_.AllParts(*part, place, query_.with_lines);
  if (!parts) return parts.error();
  if (!IsFirstLookedAt(place, *parts)) return {};
  LogMessage whole = Joined(*std::move(parts));
  if (Fits(query_, whole)) page_.messages.push_back(std::move(whole));
  return {};
}

bool LogFinder::Search::IsOutside(const SegmentInfo& segment) const {
  return !segment.is_open && ((query_.since && segment.last < *query_.since) ||
                              (query_.until && *query_.until < segment.first));
}

// Whether the key of ChooseKey() leads to this part.
bool LogFinder::Search::HasKey(const LogMessage& part) const {
  if (!key_) return true;
  const auto any_attempt = [&](auto fits) {
    return std::any_of(part.attempts.begin(), part.attempts.end(), fits);
  };
  switch (key_->first) {
    case LogKeyKind::kMessageId:
      return !part.message_id.empty();
    case LogKeyKind::kRecipient:
      return any_attempt([&](const LogAttempt& attempt) {
        return IsAddress(attempt.recipient, query_.recipient) ||
               IsAddress(attempt.original, query_.recipient);
      });
    case LogKeyKind::kDomain:
      return any_attempt([&](const LogAttempt& attempt) {
        return EqualsIgnoringCase(DomainOf(attempt.recipient), query_.domain);
      });
    case LogKeyKind::kSender:
      return part.sender.has_value();
    case LogKeyKind::kQueueId:
    case LogKeyKind::kNextId:
    case LogKeyKind::kAttempt:
      return true;
  }
  return true;
}

// A message is listed once, on whichever page: at that of its parts that this
// search comes to first.
bool LogFinder::Search::IsFirstLookedAt(
    const Place& place, const std::vector<Located>& parts) const {
  for (const Located& other : parts) {
    const bool is_before =
        other.place.segment < place.segment ||
        (other.place.segment == place.segment && other.place.part > place.part);
    if (is_before && !IsOutside(*other.place.segment) &&
        HasKey(other.message)) {
      return false;
    }
  }
  return true;
}

// Parts below `from`, the last one first.
Result<void> LogFinder::Search::Look(const SegmentInfo& segment,
                                     std::uint32_t from) {
  const auto parts = Candidates(segment);
  if (!parts) return parts.error();
  auto part = std::make_reverse_iterator(
      std::lower_bound(parts->begin(), parts->end(), from));
  for (; part != parts->rend(); ++part) {
    if (page_.messages.size() >= limit_ || scanned_ >= kScanned) {
      page_.cursor = CursorOf(segment.id, *part + 1);
      return {};
    }
    ++scanned_;
    const auto considered = Consider({&segment, *part});
    if (!considered) return considered;
  }
  return {};
}

Result<LogPage> LogFinder::Search::Run() {
  const auto cursor = ParseCursor(query_.cursor);
  if (!cursor) return cursor.error();
  bool is_behind_cursor = !*cursor;
  for (const SegmentInfo& segment : finder_.segments_) {
    std::uint32_t from = finder_.PartsIn(segment);
    if (!is_behind_cursor) {
      is_behind_cursor = segment.id == (*cursor)->segment;
      if (!is_behind_cursor) continue;
      from = (*cursor)->part;
    }
    const auto looked = Look(segment, from);
    if (!looked) return looked.error();
    if (!page_.cursor.empty()) break;
  }
  return std::move(page_);
}

Result<LogPage> LogFinder::Messages(const LogQuery& query) {
  const auto refreshed = Refresh();
  if (!refreshed) return refreshed.error();
  return Search(this, query).Run();
}

}  // namespace postbounce
