#include "store/log_tail.h"

#include <algorithm>
#include <utility>

#include "store/varint.h"

namespace postbounce {
namespace {

// The last word of "250 2.0.0 Ok: queued as 4jWY2c4NLgz1": the same text as
// the log's reader understands, that of the peer's reply.
std::string_view NextIdIn(const LogAttempt& attempt) {
  constexpr std::string_view kQueuedAs = "queued as ";
  if (attempt.action != Action::kDelivered) return {};
  const std::size_t at = attempt.text.rfind(kQueuedAs);
  if (at == std::string_view::npos) return {};
  const std::string_view id =
      std::string_view(attempt.text).substr(at + kQueuedAs.size());
  return id.substr(0, id.find_first_of(" )"));
}

}  // namespace

std::string EncodeLines(const std::vector<std::string>& lines) {
  std::string bytes;
  for (const std::string& line : lines) PutText(&bytes, line);
  return bytes;
}

Result<std::vector<std::string>> DecodeLines(std::string_view bytes) {
  VarintReader in(bytes);
  std::vector<std::string> lines;
  while (in.ok() && !in.rest().empty()) lines.emplace_back(in.Text());
  if (!in.ok()) return Error(ErrorCode::kCorrupt, "lines of a log are damaged");
  return lines;
}

void LogTail::Add(const LogMessage& message, std::string* row) {
  Part part;
  EncodeLogMessage(message, &part.bytes);
  part.lines = EncodeLines(message.lines);
  PutText(row, part.bytes);
  PutText(row, part.lines);
  parts_.push_back(std::move(part));
  Index(message);
}

Result<void> LogTail::AddRow(std::string_view row) {
  VarintReader in(row);
  while (in.ok() && !in.rest().empty()) {
    Part part;
    part.bytes = in.Text();
    part.lines = in.Text();
    const auto message = DecodeLogMessage(part.bytes);
    if (!message) return message.error();
    parts_.push_back(std::move(part));
    Index(*message);
  }
  if (!in.ok()) return Error(ErrorCode::kCorrupt, "a row of a log is damaged");
  return {};
}

// Of the last part.
void LogTail::Index(const LogMessage& message) {
  const auto number = static_cast<std::uint32_t>(parts_.size() - 1);
  Part& part = parts_.back();
  const auto add = [&](LogKeyKind kind, LogHash hash) {
    auto& keys = keys_[static_cast<std::size_t>(kind)];
    // Several recipients of one message share a domain, say.
    const bool is_known =
        !keys.empty() && keys.back().part == number && keys.back().hash == hash;
    if (!is_known) keys.push_back({hash, number});
  };
  const LogHash id = HashOfId(message.queue_id);
  part.message = id ^ static_cast<std::uint64_t>(
                          message.first_seen.time_since_epoch().count()) *
                          0x9e3779b97f4a7c15u;
  part.is_removed = message.is_removed;
  part.keep_lines = message.keep_lines;
  add(LogKeyKind::kQueueId, id);
  if (!message.message_id.empty()) {
    add(LogKeyKind::kMessageId, HashOfMessageId(message.message_id));
  }
  if (message.sender) {
    add(LogKeyKind::kSender, hasher_->HashOfAddress(*message.sender));
  }
  for (const LogAttempt& attempt : message.attempts) {
    part.reasons |= std::uint64_t{1} << static_cast<unsigned>(attempt.reason);
    add(LogKeyKind::kRecipient, hasher_->HashOfAddress(attempt.recipient));
    if (!attempt.original.empty()) {
      add(LogKeyKind::kRecipient, hasher_->HashOfAddress(attempt.original));
    }
    add(LogKeyKind::kDomain, HashOfDomain(DomainOf(attempt.recipient)));
    const std::string_view next = NextIdIn(attempt);
    if (!next.empty()) add(LogKeyKind::kNextId, HashOfId(next));
    const LogHash hash = HashOfAttempt(message, attempt);
    add(LogKeyKind::kAttempt, hash);
    attempts_.insert(hash);
    first_ = std::min(first_, attempt.time);
  }
  totals_.Add(message);
  first_ = std::min(first_, message.last_seen);
  last_ = std::max(last_, message.last_seen);
}

std::vector<std::uint32_t> LogTail::Find(LogKeyKind kind, LogHash hash) const {
  std::vector<std::uint32_t> found;
  for (const LogEntry& entry : keys(kind)) {
    if (entry.hash == hash) found.push_back(entry.part);
  }
  return found;
}

bool LogTail::HasAttempt(LogHash hash) const {
  return attempts_.contains(hash) ||
         attempts_.contains(SecondsLater(hash, -1)) ||
         attempts_.contains(SecondsLater(hash, 1));
}

Result<LogMessage> LogTail::PartAt(std::uint32_t part) const {
  auto message = DecodeLogMessage(parts_[part].bytes);
  if (!message) return message;
  auto lines = DecodeLines(parts_[part].lines);
  if (!lines) return lines.error();
  message->lines = std::move(*lines);
  return message;
}

}  // namespace postbounce
