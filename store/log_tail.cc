#include "store/log_tail.h"

#include <algorithm>
#include <utility>

#include "store/varint.h"

namespace postbounce {
namespace {

constexpr std::size_t kUnsorted = 512;

}  // namespace

LogWorth WorthOf(const LogMessage& part, bool counts) {
  if (!counts) return LogWorth::kNothing;
  if (!part.sender) return LogWorth::kAttempt;
  return part.is_local || part.is_remote ? LogWorth::kAll : LogWorth::kSender;
}

LogHash HashAtWorth(LogHash attempt, LogWorth worth) {
  return attempt + (static_cast<LogHash>(worth) + 1) * 0xd6e8feb86659fd93u;
}

void LogTail::Add(const LogMessage& message, std::span<const LogHash> hashes) {
  bytes_.clear();
  EncodeLogMessage(message, &bytes_);
  std::string& row = rows_.back();
  Part part;
  part.row = rows_.size() - 1;
  PutNumber(&row, bytes_.size());
  part.offset = row.size();
  part.size = bytes_.size();
  row += bytes_;
  PutNumber(&row, message.lines.size());
  part.lines_offset = row.size();
  part.lines_size = message.lines.size();
  row += message.lines;
  parts_.push_back(part);
  Index(message, hashes);
}

const std::string& LogTail::EndRow() {
  if (rows_.back().empty()) return rows_.back();
  size_ += rows_.back().size();
  rows_.emplace_back();
  return rows_[rows_.size() - 2];
}

Result<void> LogTail::AddRow(std::string_view bytes) {
  rows_.back() = bytes;
  const std::string& row = rows_.back();
  VarintReader in(row);
  std::vector<LogHash> hashes;
  while (in.ok() && !in.rest().empty()) {
    Part part;
    part.row = rows_.size() - 1;
    const std::string_view message_bytes = in.Text();
    const std::string_view lines = in.Text();
    if (!in.ok()) break;
    part.offset = static_cast<std::size_t>(message_bytes.data() - row.data());
    part.size = message_bytes.size();
    part.lines_offset = static_cast<std::size_t>(lines.data() - row.data());
    part.lines_size = lines.size();
    const auto message = DecodeLogMessage(message_bytes);
    if (!message) return message.error();
    parts_.push_back(part);
    hashes.clear();
    for (const LogAttempt& attempt : message->attempts) {
      hashes.push_back(HashOfAttempt(*message, attempt));
    }
    Index(*message, hashes);
  }
  if (!in.ok()) return Error(ErrorCode::kCorrupt, "a row of a log is damaged");
  size_ += row.size();
  rows_.emplace_back();
  return {};
}

// Of the last part.
void LogTail::Index(const LogMessage& message,
                    std::span<const LogHash> hashes) {
  const auto number = static_cast<std::uint32_t>(parts_.size() - 1);
  Part& part = parts_.back();
  const auto add = [&](LogKeyKind kind, LogHash hash) {
    auto& keys = keys_[static_cast<std::size_t>(kind)].entries;
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
    const std::string_view next = NextIdOf(attempt);
    if (!next.empty()) add(LogKeyKind::kNextId, HashOfId(next));
    first_ = std::min(first_, attempt.time);
  }
  const LogWorth worth = WorthOf(message, counts_);
  const auto add_attempt = [&](LogHash hash) {
    add(LogKeyKind::kAttempt, hash);
    attempts_.insert(hash);
  };
  for (const LogHash hash : hashes) {
    if (!message.is_copy) add_attempt(hash);
    if (message.is_copy || worth != LogWorth::kAll) {
      add_attempt(HashAtWorth(hash, worth));
    }
  }
  if (!message.is_copy) totals_.Add(message);
  first_ = std::min(first_, message.last_seen);
  last_ = std::max(last_, message.last_seen);
}

std::vector<std::uint32_t> LogTail::Find(LogKeyKind kind, LogHash hash) const {
  auto& [entries, sorted] = keys_[static_cast<std::size_t>(kind)];
  const auto middle = entries.begin() + static_cast<std::ptrdiff_t>(sorted);
  // A few are looked at one by one, so that most questions sort nothing.
  if (entries.size() - sorted > kUnsorted + sorted / 16) {
    std::sort(middle, entries.end());
    std::inplace_merge(entries.begin(), middle, entries.end());
    sorted = entries.size();
  }
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(sorted);
  std::vector<std::uint32_t> found;
  for (auto entry = std::lower_bound(entries.begin(), end, LogEntry{hash, 0});
       entry != end && entry->hash == hash; ++entry) {
    found.push_back(entry->part);
  }
  for (auto entry = end; entry != entries.end(); ++entry) {
    if (entry->hash == hash) found.push_back(entry->part);
  }
  return found;
}

bool LogTail::HasAttempt(LogHash hash) const {
  return attempts_.contains(hash) ||
         attempts_.contains(SecondsLater(hash, -1)) ||
         attempts_.contains(SecondsLater(hash, 1));
}

Result<LogMessage> LogTail::PartAt(std::uint32_t number) const {
  const Part& part = parts_[number];
  auto message = DecodeLogMessage(BytesOf(part));
  if (message) message->lines = LinesOf(part);
  return message;
}

}  // namespace postbounce
