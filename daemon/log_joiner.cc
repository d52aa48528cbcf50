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
constexpr std::size_t kSpare = 4096;
constexpr std::size_t kSpareSize = 4u << 10;
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
  Update(open, line, raw);
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

LogJoiner::Id LogJoiner::IdOf(const OpenPointer& open) {
  return {open->message.instance, open->message.queue_id};
}

std::size_t LogJoiner::IdHash::operator()(const Id& id) const {
  const std::hash<std::string_view> hash;
  return hash(id.instance) * 31 + hash(id.queue_id);
}
std::size_t LogJoiner::IdHash::operator()(const OpenPointer& open) const {
  return (*this)(IdOf(open));
}
bool LogJoiner::SameId::operator()(const Id& a, const OpenPointer& b) const {
  return a == IdOf(b);
}
bool LogJoiner::SameId::operator()(const OpenPointer& a,
                                   const OpenPointer& b) const {
  return IdOf(a) == IdOf(b);
}

LogJoiner::Open* LogJoiner::Find(const LogLine& line, std::string_view queue_id,
                                 bool begins) {
  if (!begins) {
    const Id id{line.instance(), queue_id};
    const auto young = young_.find(id);
    if (young != young_.end()) {
      Touch(*young);
      return young->get();
    }
    const auto old = old_.find(id);
    if (old != old_.end()) return Remember(*old);
    if (OpenPointer recalled = Recall(line, queue_id)) {
      return Remember(std::move(recalled));
    }
  }
  auto open = std::make_shared<Open>();
  LogMessage& message = open->message;
  message.instance = line.instance();
  message.host = line.host;
  message.queue_id = queue_id;
  message.first_seen = line.time;
  message.last_seen = line.time;
  // Until a part of it has been taken.
  message.is_whole = begins;
  return Remember(std::move(open));
}

LogJoiner::OpenPointer LogJoiner::Recall(const LogLine& line,
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
  auto open = std::make_shared<Open>();
  open->deferred = DeferredOf(*stored);
  open->message = *std::move(stored);
  open->message.attempts.clear();
  open->message.notices.clear();
  open->message.lines.clear();
  open->message.is_whole = false;
  return open;
}

LogJoiner::Open* LogJoiner::Remember(OpenPointer open) {
  if (young_.size() >= kOpenMessages) {
    old_ = std::move(young_);
    young_ = Messages();
  }
  // An id that came again stands for the new message.
  young_.erase(IdOf(open));
  old_.erase(IdOf(open));
  young_.insert(open);
  Touch(open);
  return open.get();
}

void LogJoiner::Touch(const OpenPointer& open) {
  if (open->is_touched) return;
  open->is_touched = true;
  touched_.push_back(open);
}

void LogJoiner::Update(Open* open, const LogLine& line, std::string_view raw) {
  LogMessage& message = open->message;
  message.last_seen = std::max(message.last_seen, line.time);
  if (keep_lines_ == KeepLines::kNone || open->line_bytes > kLineBytes) return;
  open->line_bytes += raw.size();
  message.keep_lines |= keep_lines_ == KeepLines::kAll;
  if (message.lines.empty() && !spare_.empty()) {
    message.lines = std::move(spare_.back());
    spare_.pop_back();
  }
  message.lines.append(raw);
  message.lines.push_back('\n');
}

void LogJoiner::AddAttempt(Open* open, LogAttempt attempt) {
  LogMessage& message = open->message;
  if (attempt.action == Action::kDelivered) {
    attempt.reason = Reason::kDelivered;
  } else {
    hooks_.judge(message, &attempt);
  }
  if (attempt.action == Action::kFailed && !attempt.is_probe &&
      keep_lines_ == KeepLines::kFailures) {
    message.keep_lines = true;
  }
  if (attempt.action != Action::kDelayed) {
    open->deferred.erase(attempt.recipient);
  } else if (open->deferred.size() < kDeferredKept) {
    open->deferred[attempt.recipient] = attempt;
  }
  message.attempts.push_back(std::move(attempt));
}

void LogJoiner::Take(const LogLine& line, Open* open,
                     const Delivery& delivery) {
  AddAttempt(open, AttemptOf(line, delivery));
}

void LogJoiner::Take(const LogLine&, Open* open, const Queued& queued) {
  LogMessage& message = open->message;
  message.sender = queued.sender;
  message.size = queued.size;
  message.recipients = queued.recipients;
}

// Whoever was still waited for has failed, for the reason of the last try.
void LogJoiner::Take(const LogLine& line, Open* open, const Expired& expired) {
  if (!open->message.sender) open->message.sender = expired.sender;
  Attempts deferred = std::exchange(open->deferred, {});
  for (auto& [recipient, attempt] : deferred) {
    attempt.time = line.time;
    attempt.action = Action::kFailed;
    attempt.is_expired = true;
    attempt.delays = {};
    AddAttempt(open, std::move(attempt));
  }
}

void LogJoiner::Take(const LogLine& line, Open* open, const Removed&) {
  open->message.is_removed = true;
  // The id may be used again at once. What was touched is still held.
  young_.erase(Id{line.instance(), open->message.queue_id});
}

void LogJoiner::Take(const LogLine&, Open* open, const Client& client) {
  LogMessage& message = open->message;
  message.is_remote = true;
  message.client_name = client.name;
  message.client_address = client.address;
  message.sasl_user = client.sasl_username;
  message.previous_id = client.orig_queue_id;
}

void LogJoiner::Take(const LogLine&, Open* open, const Pickup& pickup) {
  open->message.is_local = true;
  open->message.previous_id = pickup.orig_queue_id;
}

void LogJoiner::Take(const LogLine&, Open* open, const MessageId& id) {
  open->message.message_id = id.id;
}

void LogJoiner::Take(const LogLine& line, Open* open, const Notice& notice) {
  LogNotice stored;
  stored.time = line.time;
  stored.kind = static_cast<LogNotice::Kind>(notice.kind);
  stored.queue_id = notice.new_queue_id;
  open->message.notices.push_back(std::move(stored));
}

// Most lines are dropped: their memory serves the next ones.
void LogJoiner::Drop(std::string* lines) {
  if (spare_.size() < kSpare && lines->capacity() <= kSpareSize) {
    lines->clear();
    spare_.push_back(std::move(*lines));
  }
  *lines = std::string();
}

std::vector<LogMessage> LogJoiner::TakeMessages() {
  std::vector<LogMessage> parts;
  parts.reserve(touched_.size());
  for (const OpenPointer& open : touched_) {
    LogMessage& message = open->message;
    if (message.is_removed) {
      // Nobody will ask how a message went that was delivered.
      if (!message.keep_lines) Drop(&message.lines);
      parts.push_back(std::move(message));
      continue;
    }
    message.is_whole = false;
    parts.push_back(message);
    message.attempts.clear();
    message.notices.clear();
    message.lines.clear();
    open->is_touched = false;
  }
  touched_.clear();
  return parts;
}

LogCounters LogJoiner::TakeCounters() { return std::exchange(counters_, {}); }

}  // namespace postbounce
