#include "store/guard_counts.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "store/log_keys.h"

namespace postbounce {
namespace {

// The same for ever: parts are stored.
std::uint8_t PartOf(std::string_view name) {
  return static_cast<std::uint8_t>(HashOfId(name) % HourCounts::kParts);
}

// Who may be to blame before the whole site is.
std::string_view WayOf(const GuardedOutcome& outcome) {
  if (outcome.without_server) return "none";
  if (!outcome.operator_domain.empty()) return outcome.operator_domain;
  if (!outcome.next_hop.empty()) return outcome.next_hop;
  return outcome.domain;
}

}  // namespace

std::uint32_t HourOf(Timestamp time) {
  const auto hours = std::chrono::floor<std::chrono::hours>(time);
  return static_cast<std::uint32_t>(
      std::max<std::int64_t>(hours.time_since_epoch().count(), 0));
}

Timestamp BeginOf(std::uint32_t hour) {
  return Timestamp(std::chrono::hours(hour));
}

boost::container::static_vector<GuardedSubject, 5> SubjectsOf(
    const GuardedOutcome& outcome) {
  boost::container::static_vector<GuardedSubject, 5> subjects;
  const std::uint8_t part = PartOf(outcome.domain);
  subjects.push_back({GuardKind::kSite, {}, PartOf(WayOf(outcome))});
  if (outcome.without_server || !outcome.failed) {
    subjects.push_back({GuardKind::kResolver, {}, part});
  }
  if (!outcome.operator_domain.empty()) {
    subjects.push_back({GuardKind::kOperator, outcome.operator_domain, part});
  }
  if (!outcome.next_hop.empty()) {
    subjects.push_back({GuardKind::kNextHop, outcome.next_hop, part});
  }
  if (!outcome.domain.empty()) {
    subjects.push_back({GuardKind::kDomain, outcome.domain, 0});
  }
  return subjects;
}

std::size_t GuardCounts::KeyHash::operator()(const KeyView& key) const {
  return HashOfId(key.name) ^
         static_cast<std::size_t>(key.period) * 0x9e3779b97f4a7c15u ^
         static_cast<std::size_t>(key.kind) << 56;
}

void GuardCounts::Count(const GuardedOutcome& outcome) {
  const std::uint32_t hour = HourOf(outcome.time);
  for (const GuardedSubject& subject : SubjectsOf(outcome)) {
    const KeyView key{subject.kind, subject.name, hour / kPeriodHours};
    auto found = pieces_.find(key);
    if (found == pieces_.end()) {
      GuardKey owned{{key.kind, std::string(key.name)}, key.period};
      found = pieces_.emplace(std::move(owned), Piece()).first;
    }
    Piece& piece = found->second;
    piece.counts.Add(hour, subject.part, outcome.failed);
    piece.needed = ++turn_;
    piece.is_changed = true;
  }
}

const HourCounts* GuardCounts::Find(const KeyView& key) const {
  const auto found = pieces_.find(key);
  return found == pieces_.end() ? nullptr : &found->second.counts;
}

void GuardCounts::AddMissing(GuardKind kind, std::string_view name,
                             HourRange hours,
                             std::vector<GuardKey>* keys) const {
  for (std::uint32_t period = hours.from / kPeriodHours;
       period <= hours.to / kPeriodHours; ++period) {
    if (Find({kind, name, period}) == nullptr) {
      keys->push_back({{kind, std::string(name)}, period});
    }
  }
}

std::vector<GuardKey> GuardCounts::Missing(
    const GuardedOutcome& outcome) const {
  std::vector<GuardKey> keys;
  const std::uint32_t hour = HourOf(outcome.time);
  // What is usual is only asked for after a failure. It lies before `lookback`.
  const std::uint32_t back = outcome.failed ? kUsualHours + kPeriodHours : 0;
  for (const GuardedSubject& subject : SubjectsOf(outcome)) {
    AddMissing(subject.kind, subject.name, {hour - std::min(hour, back), hour},
               &keys);
  }
  return keys;
}

std::vector<GuardKey> GuardCounts::Missing(const Alarm& alarm) const {
  std::vector<GuardKey> keys;
  const std::uint32_t since = HourOf(alarm.since);
  const HourRange hours{since - std::min(since, kUsualHours),
                        HourOf(alarm.until)};
  AddMissing(alarm.subject.kind, alarm.subject.name, hours, &keys);
  if (alarm.subject.kind != GuardKind::kSite) {
    AddMissing(GuardKind::kSite, {}, hours, &keys);
  }
  return keys;
}

Result<void> GuardCounts::Load(const GuardPiece& piece) {
  auto counts = HourCounts::Decode(piece.bytes);
  if (!counts) return counts.error();
  pieces_[piece.key] = Piece{std::move(*counts), ++turn_, false};
  return {};
}

std::vector<GuardPiece> GuardCounts::TakeChanged() {
  std::vector<GuardPiece> changed;
  for (auto& [key, piece] : pieces_) {
    if (!std::exchange(piece.is_changed, false)) continue;
    changed.push_back({key, piece.counts.Encode()});
  }
  if (pieces_.size() > kPieces) Forget();
  return changed;
}

// Half of them at a time, so that it costs nothing on average.
void GuardCounts::Forget() {
  std::vector<std::uint64_t> needed;
  needed.reserve(pieces_.size());
  for (const auto& entry : pieces_) needed.push_back(entry.second.needed);
  const auto oldest_kept = needed.end() - kPieces / 2;
  std::nth_element(needed.begin(), oldest_kept, needed.end());
  boost::unordered::erase_if(pieces_, [&](const auto& entry) {
    return entry.second.needed < *oldest_kept;
  });
}

}  // namespace postbounce
