#include "daemon/log_joiner.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kOpenMessages = 32'768;  // in one generation
constexpr std::size_t kLineBytes = 64u << 10;  // kept of one message's lines
constexpr std::size_t kDeferredKept = 1000;    // recipients of one message
constexpr std::size_t kShownLine = 300;
// A log that never shows how its messages begin would be asked for in vain for
// each of them: then only now and then.
constexpr std::size_t kVainRecalls = 1000;
constexpr std::size_t kRecallEvery = 100;

Action ActionOf(DeliveryStatus status) {
  switch (status) {
    case DeliveryStatus::kSent:
    case DeliveryStatus::kDeliverable:
      return Action::kDelivered;
    case DeliveryStatus::kBounced:
    case DeliveryStatus::kUndeliverable:
      return Action::kFailed;
    case DeliveryStatus::kDeferred:
    case DeliveryStatus::kSoftBounce:
      return Action::kDelayed;
    case DeliveryStatus::kExpanded:
      return Action::kExpanded;
  }
  return Action::kOther;
}

bool IsProbe(DeliveryStatus status) {
  return status == DeliveryStatus::kDeliverable ||
         status == DeliveryStatus::kUndeliverable;
}

LogAttempt AttemptOf(const LogLine& line, const Delivery& delivery) {
  LogAttempt attempt;
  attempt.time = line.time;
  attempt.action = ActionOf(delivery.status);
  attempt.is_probe = IsProbe(delivery.status);
  attempt.recipient = delivery.to;
  attempt.original = delivery.orig_to;
  attempt.program = line.program;
  attempt.relay = delivery.relay;
  attempt.status = delivery.dsn;
  attempt.text = delivery.text;
  for (std::size_t i = 0; i < attempt.delays.size(); ++i) {
    const auto delay = delivery.delays[i].count();
    attempt.delays[i] = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(delay, 0, UINT32_MAX));
  }
  return attempt;
}

// Lines with which a queue id's life begins.
bool Begins(const LogRecord& record) {
  return std::holds_alternative<Client>(record.what) ||
         std::holds_alternative<Pickup>(record.what);
}

bool IsOfNoMessage(const LogRecord& record) {
  return record.queue_id.empty() ||
         std::holds_alternative<Noise>(record.what) ||
         std::holds_alternative<Malformed>(record.what);
}

}  // namespace

// The last word on each recipient that is still waited for.
LogJoiner::Attempts LogJoiner::DeferredOf(const LogMessage& message) {
  Attempts deferred;
  for (const LogAttempt& attempt : message.attempts) {
    if (attempt.action != Action::kDelayed) {
      deferred.erase(attempt.recipient);
    } else if (deferred.size() < kDeferredKept) {
      deferred[attempt.recipient] = attempt;
    }
  }
  return deferred;
}

void LogJoiner::AddBad(std::string_view raw, const char* what) {
  ++counters_.lines;
  ++counters_.bad;
  counters_.last_bad = std::string(what) + ": " + Printable(raw, kShownLine);
}

void LogJoiner::AddGap(std::uint64_t gaps, std::string text) {
  counters_.gaps += gaps;
  counters_.last_gap = std::move(text);
}

void LogJoiner::Add(const LogLine& line, std::string_view raw) {
  const LogRecord record = ReadLogRecord(line);
  if (const auto* bad = std::get_if<Malformed>(&record.what)) {
    return AddBad(raw, bad->what);
  }
  ++counters_.lines;
  counters_.last_line = std::max(counters_.last_line, line.time);
  if (IsOfNoMessage(record)) return;
  Open* const open = Find(line, record.queue_id, Begins(record));
  Touch(open, line);
  KeepLine(open, raw);
  std::visit(
      [&](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (!std::is_same_v<What, Noise> &&
                      !std::is_same_v<What, Malformed>) {
          Take(line, open, what);
        }
      },
      record.what);
}

LogJoiner::Open* LogJoiner::Find(const LogLine& line, std::string_view queue_id,
                                 bool begins) {
  key_.assign(line.instance());
  key_ += '/';
  key_ += queue_id;
  if (!begins) {
    const auto young = young_.find(key_);
    if (young != young_.end()) return young->second.get();
    const auto old = old_.find(key_);
    if (old != old_.end()) {
      auto open = std::move(old->second);
      old_.erase(old);
      return Remember(key_, std::move(open));
    }
    if (Open* const recalled = Recall(line, key_, queue_id)) return recalled;
  }
  auto open = std::make_unique<Open>();
  open->known.instance = line.instance();
  open->known.host = line.host;
  open->known.queue_id = queue_id;
  open->known.first_seen = line.time;
  open->known.last_seen = line.time;
  return Remember(key_, std::move(open));
}

LogJoiner::Open* LogJoiner::Recall(const LogLine& line, const std::string& key,
                                   std::string_view queue_id) {
  const bool is_vain = vain_recalls_ > kVainRecalls;
  if (is_vain && ++vain_recalls_ % kRecallEvery != 0) return nullptr;
  auto stored = hooks_.recall(std::string(line.instance()),
                              std::string(queue_id), line.time);
  if (!stored) {
    ++vain_recalls_;
    return nullptr;
  }
  vain_recalls_ = 0;
  auto open = std::make_unique<Open>();
  open->deferred = DeferredOf(*stored);
  open->known = *std::move(stored);
  open->known.attempts.clear();
  open->known.notices.clear();
  open->known.lines.clear();
  return Remember(key, std::move(open));
}

LogJoiner::Open* LogJoiner::Remember(const std::string& key,
                                     std::unique_ptr<Open> open) {
  if (young_.size() >= kOpenMessages) {
    old_ = std::move(young_);
    young_ = Messages();
  }
  old_.erase(key);
  auto& place = young_[key];
  place = std::move(open);
  return place.get();
}

void LogJoiner::Touch(Open* open, const LogLine& line) {
  open->known.last_seen = std::max(open->known.last_seen, line.time);
}

// What is new goes here, beside the identity.
LogMessage& LogJoiner::PartOf(Open* open) {
  if (open->batch != batch_) {
    LogMessage& part = parts_.emplace_back();
    part.instance = open->known.instance;
    part.host = open->known.host;
    part.queue_id = open->known.queue_id;
    part.first_seen = open->known.first_seen;
    part.keep_lines = open->known.keep_lines;
    open->batch = batch_;
    open->part = parts_.size() - 1;
  }
  LogMessage& part = parts_[open->part];
  part.last_seen = open->known.last_seen;
  return part;
}

void LogJoiner::KeepLine(Open* open, std::string_view raw) {
  if (keep_lines_ == KeepLines::kNone || open->line_bytes > kLineBytes) return;
  open->line_bytes += raw.size();
  LogMessage& part = PartOf(open);
  part.keep_lines |= keep_lines_ == KeepLines::kAll;
  part.lines.emplace_back(raw);
}

void LogJoiner::AddAttempt(Open* open, LogAttempt attempt) {
  LogMessage& part = PartOf(open);
  part.sender = open->known.sender;
  if (attempt.action == Action::kDelivered) {
    attempt.reason = Reason::kDelivered;
  } else {
    hooks_.judge(open->known, &attempt);
  }
  if (attempt.action == Action::kFailed && !attempt.is_probe &&
      keep_lines_ == KeepLines::kFailures) {
    part.keep_lines = open->known.keep_lines = true;
  }
  if (attempt.action != Action::kDelayed) {
    open->deferred.erase(attempt.recipient);
  } else if (open->deferred.size() < kDeferredKept) {
    open->deferred[attempt.recipient] = attempt;
  }
  const bool has_failed =
      attempt.action == Action::kFailed && !attempt.is_probe;
  part.attempts.push_back(std::move(attempt));
  if (has_failed) {
    failed_.push_back({open->part, part.attempts.size() - 1, open->known});
  }
}

void LogJoiner::Take(const LogLine& line, Open* open,
                     const Delivery& delivery) {
  AddAttempt(open, AttemptOf(line, delivery));
}

void LogJoiner::Take(const LogLine&, Open* open, const Queued& queued) {
  LogMessage& known = open->known;
  // At every try the same: only the first is news.
  const bool is_news = !known.sender || known.size == 0;
  known.sender = queued.sender;
  known.size = queued.size;
  known.recipients = queued.recipients;
  if (!is_news) return;
  LogMessage& part = PartOf(open);
  part.sender = known.sender;
  part.size = known.size;
  part.recipients = known.recipients;
}

// Whoever was still waited for has failed, for the reason of the last try.
void LogJoiner::Take(const LogLine& line, Open* open, const Expired& expired) {
  if (!open->known.sender) open->known.sender = expired.sender;
  Attempts deferred = std::exchange(open->deferred, {});
  for (auto& [recipient, attempt] : deferred) {
    attempt.time = line.time;
    attempt.action = Action::kFailed;
    attempt.is_expired = true;
    attempt.delays = {};
    AddAttempt(open, std::move(attempt));
  }
}

void LogJoiner::Take(const LogLine&, Open* open, const Removed&) {
  LogMessage& part = PartOf(open);
  part.is_removed = true;
  open->known.is_removed = true;
  // The id may be used again at once.
  key_.assign(open->known.instance);
  key_ += '/';
  key_ += open->known.queue_id;
  young_.erase(key_);
}

void LogJoiner::Take(const LogLine&, Open* open, const Client& client) {
  LogMessage& part = PartOf(open);
  for (LogMessage* message : {&open->known, &part}) {
    message->is_remote = true;
    message->client_name = client.name;
    message->client_address = client.address;
    message->sasl_user = client.sasl_username;
    message->previous_id = client.orig_queue_id;
  }
}

void LogJoiner::Take(const LogLine&, Open* open, const Pickup& pickup) {
  LogMessage& part = PartOf(open);
  for (LogMessage* message : {&open->known, &part}) {
    message->is_local = true;
    message->previous_id = pickup.orig_queue_id;
  }
}

void LogJoiner::Take(const LogLine&, Open* open, const MessageId& id) {
  LogMessage& part = PartOf(open);
  part.message_id = open->known.message_id = id.id;
}

void LogJoiner::Take(const LogLine& line, Open* open, const Notice& notice) {
  LogNotice stored;
  stored.time = line.time;
  stored.kind = static_cast<LogNotice::Kind>(notice.kind);
  stored.queue_id = notice.new_queue_id;
  PartOf(open).notices.push_back(std::move(stored));
}

std::vector<LogMessage> LogJoiner::TakeMessages() {
  std::vector<LogMessage> parts = std::move(parts_);
  parts_.clear();
  ++batch_;
  // Nobody will ask how a message went that was delivered.
  for (LogMessage& part : parts) {
    if (part.is_removed && !part.keep_lines) part.lines.clear();
  }
  return parts;
}

LogCounters LogJoiner::TakeCounters() { return std::exchange(counters_, {}); }

}  // namespace postbounce
