#include "daemon/log_joiner.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kOpenBytes = 16u << 20;  // of one generation
constexpr std::size_t kLineBytes = 64u << 10;  // kept of one message's lines
constexpr std::size_t kShownLine = 300;
constexpr std::size_t kSpare = 4096;
constexpr std::size_t kSpareSize = 4u << 10;
// A log that never shows how its messages begin would be asked for in vain for
// each of them: then only now and then, but for what can make a failure.
constexpr std::size_t kVainRecalls = 1000;
constexpr std::size_t kRecallEvery = 100;
// Bounces and forwards begin with cleanup's line. Only right after a start it
// may be that the line before it was read then.
constexpr std::size_t kHalfBegun = 1000;

// Lines with which a queue id's life begins.
bool Begins(const LogRecord& record) {
  return std::holds_alternative<Client>(record.what) ||
         std::holds_alternative<Pickup>(record.what);
}

// Every retry begins with the first of these, and what has failed is one of the
// others.
bool IsDecisive(const LogRecord& record) {
  if (const auto* queued = std::get_if<Queued>(&record.what)) {
    return !queued->sender.empty();
  }
  const auto* delivery = std::get_if<Delivery>(&record.what);
  return delivery != nullptr ? delivery->status == DeliveryStatus::kBounced
                             : std::holds_alternative<Expired>(record.what);
}

std::size_t HeaderSize(const LogMessage& message) {
  return message.instance.size() + message.host.size() +
         message.queue_id.size() + message.message_id.size() +
         message.client_name.size() + message.client_address.size() +
         message.sasl_user.size() +
         message.sender.value_or(std::string()).size();
}

bool IsOfNoMessage(const LogRecord& record) {
  return record.queue_id.empty() ||
         std::holds_alternative<Noise>(record.what) ||
         std::holds_alternative<Malformed>(record.what);
}

bool IsRefusal(const LogRecord& record) {
  const auto* rejection = std::get_if<Rejection>(&record.what);
  return rejection != nullptr &&
         (rejection->verb == "reject" || rejection->verb == "milter-reject");
}

}  // namespace

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
  if (IsRefusal(record)) ++counters_.refused;
  if (IsOfNoMessage(record)) return;
  Open* const open = Find(line, record);
  const std::size_t bytes = open->bytes;
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
  young_bytes_ += open->bytes - bytes;
  if (young_bytes_ > kOpenBytes) StartGeneration();
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

LogJoiner::Open* LogJoiner::Find(const LogLine& line, const LogRecord& record) {
  const bool begins = Begins(record);
  if (!begins) {
    const Id id{line.instance(), record.queue_id};
    const auto young = young_.find(id);
    if (young != young_.end()) {
      Touch(*young);
      return young->get();
    }
    const auto old = old_.find(id);
    if (old != old_.end()) return Remember(*old);
    OpenPointer recalled =
        MayAsk(record) ? Recall(line, record.queue_id) : nullptr;
    if (recalled != nullptr) return Remember(std::move(recalled));
  }
  auto open = std::make_shared<Open>();
  LogMessage& message = open->message;
  message.instance = line.instance();
  message.host = line.host;
  message.queue_id = record.queue_id;
  message.first_seen = line.time;
  message.last_seen = line.time;
  // Until a part of it has been taken.
  message.is_whole = begins;
  open->bytes = sizeof(Open) + HeaderSize(message);
  return Remember(std::move(open));
}

bool LogJoiner::MayAsk(const LogRecord& record) {
  if (std::holds_alternative<MessageId>(record.what)) {
    return half_begun_ < kHalfBegun && ++half_begun_ > 0;
  }
  return IsDecisive(record) || vain_recalls_ <= kVainRecalls ||
         ++vain_recalls_ % kRecallEvery == 0;
}

LogJoiner::OpenPointer LogJoiner::Recall(const LogLine& line,
                                         std::string_view queue_id) {
  auto stored = hooks_.recall(std::string(line.instance()),
                              std::string(queue_id), line.time);
  if (!stored) {
    ++vain_recalls_;
    return nullptr;
  }
  vain_recalls_ = 0;
  auto open = std::make_shared<Open>();
  // Where a log is read again more is known than at the time of this line.
  for (const LogAttempt& attempt : stored->attempts) {
    if (attempt.time <= line.time && !attempt.is_expired) {
      Wait(open.get(), attempt);
    }
  }
  open->message = *std::move(stored);
  open->message.attempts = {};
  open->message.notices = {};
  open->message.lines = {};
  open->message.is_removed = false;
  open->message.is_whole = false;
  open->bytes += sizeof(Open) + HeaderSize(open->message);
  return open;
}

LogJoiner::Open* LogJoiner::Remember(OpenPointer open) {
  // An id that came again stands for the new message.
  Forget(IdOf(open));
  young_.insert(open);
  young_bytes_ += open->bytes;
  Touch(open);
  return open.get();
}

void LogJoiner::Forget(const Id& id) {
  const auto young = young_.find(id);
  if (young != young_.end()) {
    young_bytes_ -= (*young)->bytes;
    young_.erase(young);
  }
  old_.erase(id);
}

void LogJoiner::StartGeneration() {
  // Those of this batch live on until it is taken.
  for (const OpenPointer& open : old_) open->deferred = {};
  old_ = std::exchange(young_, {});
  young_bytes_ = 0;
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
    auto attempts = std::exchange(message.attempts, {});
    auto notices = std::exchange(message.notices, {});
    auto lines = std::exchange(message.lines, {});
    LogMessage& part = parts.emplace_back(message);
    part.attempts = std::move(attempts);
    part.notices = std::move(notices);
    part.lines = std::move(lines);
    open->is_touched = false;
  }
  touched_.clear();
  return parts;
}

LogCounters LogJoiner::TakeCounters() { return std::exchange(counters_, {}); }

}  // namespace postbounce
