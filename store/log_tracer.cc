#include "store/log_tracer.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

// A report that gives no Arrival-Date, or a wrong one, is of a message that
// was sent within so many days before it: longer than queues keep mail.
constexpr std::chrono::days kReportAge{30};
// Of the returned message, ours among the first that it was given.
constexpr std::size_t kReceivedIds = 6;
// Segments that are looked into for one key: half a millisecond. All others
// are known not to have it, but where they have no filters.
constexpr std::size_t kSegmentsPerKey = 100;
// Whoever sends mail on has no reason to wait for longer.
constexpr std::chrono::days kForwardedAfter{1};

std::chrono::milliseconds Distance(Timestamp a, Timestamp b) {
  return a < b ? b - a : a - b;
}

}  // namespace

std::vector<LogTracer::Key> LogTracer::QueueIdsOf(const Facts& facts) {
  std::vector<Key> keys;
  const auto add = [&](std::string_view id) {
    id = Trim(id);
    if (id.empty()) return;
    keys.push_back({LogKeyKind::kQueueId, HashOfId(id)});
    keys.push_back({LogKeyKind::kNextId, HashOfId(id)});
  };
  add(facts.queue_id);
  const auto& ids = facts.received_ids;
  const std::size_t count = std::min(ids.size(), kReceivedIds);
  for (const std::string& id : std::span(ids).last(count)) add(id);
  return keys;
}

std::vector<LogTracer::Key> LogTracer::MessageIdsOf(const Facts& facts) {
  if (Trim(facts.original_message_id).empty()) return {};
  return {{LogKeyKind::kMessageId, HashOfMessageId(facts.original_message_id)}};
}

std::vector<LogHash> AwaitedIds(const Facts& facts) {
  std::vector<LogHash> ids;
  for (const auto& key : LogTracer::QueueIdsOf(facts)) ids.push_back(key.hash);
  for (const auto& key : LogTracer::MessageIdsOf(facts)) {
    ids.push_back(key.hash);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

bool IsTaken(const LogAttempt& attempt, const SitePolicy& policy) {
  return attempt.action == Action::kDelivered && !attempt.is_probe &&
         (attempt.program == "smtp" || attempt.program == "lmtp") &&
         !policy.internal_relays.Contains(attempt.relay);
}

LogTracer::LogTracer(LogTables* tables, LogWriter* writer,
                     const AddressKeys* keys)
    : writer_(*writer),
      parts_(
          tables,
          [writer](SegmentId id) -> const LogTail& {
            return writer->TailOf(id);
          },
          [writer](SegmentId id, LogHash hash) {
            return writer->MayHave(id, hash);
          }),
      hasher_(keys) {}

Result<Candidates> LogTracer::Trace(const Mail& report,
                                    const SitePolicy& policy) {
  const Timestamp received = report.received;
  const auto age =
      std::max<std::chrono::seconds>(kReportAge, policy.proof_window);
  const Window all{received - age, received + kArrivalSlack,
                   report.facts.arrival_date.value_or(received),
                   &policy.origin};
  const Window around{all.middle - kArrivalSlack, all.middle + kArrivalSlack,
                      all.middle, &policy.origin};
  const std::vector<Key> queue_ids = QueueIdsOf(report.facts);
  Candidates found;
  auto collected = Collect(queue_ids, around, &found);
  if (collected && found.messages.empty()) {
    collected = Collect(queue_ids, all, &found);
  }
  // All of them: one that many mails share proves less.
  if (collected && found.messages.empty()) {
    found.is_cut = false;
    collected = Collect(MessageIdsOf(report.facts), all, &found);
  }
  if (collected) collected = FindForwarded(policy.origin, &found);
  if (!collected) return collected.error();
  std::stable_sort(found.messages.begin(), found.messages.end(),
                   [&](const LogMessage& a, const LogMessage& b) {
                     return Distance(a.first_seen, all.middle) <
                            Distance(b.first_seen, all.middle);
                   });
  return found;
}

Result<void> LogTracer::Collect(std::span<const Key> keys, const Window& window,
                                Candidates* found) {
  if (keys.empty()) return {};
  const auto segments = writer_.Segments();
  if (!segments) return segments.error();
  std::vector<const SegmentInfo*> within;
  for (const SegmentInfo& segment : **segments) {
    // The first part of a message may tell of much later lines only.
    if (window.from <= segment.last + kLogClockSlack &&
        (segment.is_open || segment.first <= window.to + kLogClockSlack)) {
      within.push_back(&segment);
    }
  }
  for (const Key& key : keys) {
    auto having = Having(key, within, window);
    if (!having) return having.error();
    if (having->size() > kSegmentsPerKey) {
      having->resize(kSegmentsPerKey);
      found->is_cut = true;
    }
    for (const SegmentInfo* segment : *having) {
      const auto collected = CollectFrom(*segment, key, window, found);
      if (!collected) return collected;
    }
  }
  return {};
}

Result<std::vector<const SegmentInfo*>> LogTracer::Having(
    const Key& key, std::span<const SegmentInfo* const> segments,
    const Window& window) const {
  std::vector<const SegmentInfo*> having;
  for (const SegmentInfo* segment : segments) {
    const auto may_have = parts_.MayHave(*segment, key.kind, key.hash);
    if (!may_have) return may_have.error();
    if (*may_have) having.push_back(segment);
  }
  const auto distance = [&](const SegmentInfo* segment) {
    return std::min(Distance(segment->first, window.middle),
                    Distance(segment->last, window.middle));
  };
  std::stable_sort(having.begin(), having.end(),
                   [&](const SegmentInfo* a, const SegmentInfo* b) {
                     return distance(a) < distance(b);
                   });
  return having;
}

Result<void> LogTracer::CollectFrom(const SegmentInfo& segment, const Key& key,
                                    const Window& window, Candidates* found) {
  const auto numbers = parts_.Find(segment, key.kind, key.hash);
  if (!numbers) return numbers.error();
  for (const std::uint32_t number : *numbers) {
    if (found->messages.size() >= Candidates::kMost ||
        ++found->looked_at > Candidates::kMostLookedAt) {
      found->is_cut = true;
      return {};
    }
    const LogParts::Place place{&segment, number};
    auto part = parts_.Load(place, false);
    if (!part) return part.error();
    if (part->first_seen + kLogClockSlack < window.from ||
        window.to + kLogClockSlack < part->first_seen) {
      continue;
    }
    const bool is_strangers = !window.origin->MayBeOurs(*part);
    if (is_strangers && found->strangers >= Candidates::kMostStrangers) {
      continue;
    }
    part->log = writer_.NameOf(segment.log);
    const bool is_known = std::any_of(
        found->messages.begin(), found->messages.end(),
        [&](const LogMessage& one) { return IsSameMessage(one, *part); });
    if (is_known) continue;
    const auto segments = writer_.Segments();
    if (!segments) return segments.error();
    auto parts = parts_.AllParts(**segments, *part, place, false);
    if (!parts) return parts.error();
    found->messages.push_back(LogParts::Joined(*std::move(parts)));
    if (is_strangers) ++found->strangers;
  }
  return {};
}

// Read once for all of them: copies of one mail have one Message-ID.
Result<void> LogTracer::FindForwarded(const Origin& origin, Candidates* found) {
  if (found->messages.empty()) return {};
  const auto [first, last] =
      std::minmax_element(found->messages.begin(), found->messages.end(),
                          [](const LogMessage& a, const LogMessage& b) {
                            return a.first_seen < b.first_seen;
                          });
  std::map<LogHash, std::vector<Copy>> known;
  for (const LogMessage& message : found->messages) {
    const bool may_be = message.sender && !message.message_id.empty() &&
                        origin.MayBeOurs(message);
    if (!may_be) continue;
    const auto [copies, is_new] =
        known.try_emplace(HashOfMessageId(message.message_id));
    if (is_new) {
      auto read = CopiesOf(copies->first, first->first_seen - kForwardedAfter,
                           last->first_seen, origin);
      if (!read) return read.error();
      copies->second = *std::move(read);
    }
    if (IsBrought(copies->second, *message.sender, message.first_seen)) {
      found->forwarded.push_back(RefOf(message));
    }
  }
  return {};
}

Result<bool> LogTracer::WasBrought(std::string_view message_id,
                                   std::string_view sender, Timestamp before,
                                   const Origin& origin) {
  if (message_id.empty()) return false;
  const auto copies = CopiesOf(HashOfMessageId(message_id),
                               before - kForwardedAfter, before, origin);
  if (!copies) return copies.error();
  return IsBrought(*copies, sender, before);
}

// None if there are too many to look at.
Result<std::vector<LogTracer::Copy>> LogTracer::CopiesOf(LogHash message_id,
                                                         Timestamp from,
                                                         Timestamp to,
                                                         const Origin& origin) {
  std::vector<Copy> copies;
  const auto segments = writer_.Segments();
  if (!segments) return segments.error();
  for (const SegmentInfo& segment : **segments) {
    const bool may_have =
        segment.is_open || (segment.first <= to && from <= segment.last);
    if (!may_have) continue;
    const auto numbers =
        parts_.Find(segment, LogKeyKind::kMessageId, message_id);
    if (!numbers) return numbers.error();
    for (const std::uint32_t number : *numbers) {
      if (copies.size() >= Candidates::kMostLookedAt) {
        return std::vector<Copy>();
      }
      auto part = parts_.Load({&segment, number}, false);
      if (!part) return part.error();
      const bool may_be_ours = origin.MayBeOurs(*part);
      copies.push_back(
          {part->first_seen, std::move(part->sender), may_be_ours});
    }
  }
  return copies;
}

bool LogTracer::IsBrought(std::span<const Copy> copies, std::string_view sender,
                          Timestamp before) {
  std::optional<Timestamp> brought;
  Timestamp sent = before;
  for (const Copy& copy : copies) {
    const bool is_before = before - kForwardedAfter <= copy.first_seen &&
                           copy.first_seen <= before;
    if (!is_before || copy.sender != sender) continue;
    if (copy.may_be_ours) {
      sent = std::min(sent, copy.first_seen);
    } else {
      brought = std::min(brought.value_or(before), copy.first_seen);
    }
  }
  return brought && *brought <= sent;
}

Result<std::vector<Acceptance>> LogTracer::TakenSince(
    LogHash recipient, Timestamp since, const SitePolicy& policy) {
  std::vector<Acceptance> taken;
  const auto segments = writer_.Segments();
  if (!segments) return segments.error();
  for (const SegmentInfo& segment : **segments) {
    const bool may_have = since <= segment.last &&
                          !policy.IsUntrusted(writer_.NameOf(segment.log));
    if (!may_have) continue;
    const auto numbers =
        parts_.Find(segment, LogKeyKind::kRecipient, recipient);
    if (!numbers) return numbers.error();
    for (const std::uint32_t number : *numbers) {
      const auto part = parts_.Load({&segment, number}, false);
      if (!part) return part.error();
      for (const LogAttempt& attempt : part->attempts) {
        if (attempt.time < since || !IsTaken(attempt, policy) ||
            hasher_.HashOfAddress(attempt.recipient) != recipient) {
          continue;
        }
        taken.push_back(
            {attempt.time, RefOf(*part),
             policy.scopes.NameOf(part->sender.value_or(""), part->sasl_user)});
      }
    }
  }
  return taken;
}

}  // namespace postbounce
