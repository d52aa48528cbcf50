#ifndef POSTBOUNCE_STORE_LOG_TAIL_H_
#define POSTBOUNCE_STORE_LOG_TAIL_H_

#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <compare>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"
#include "store/log_keys.h"
#include "store/log_message.h"
#include "store/log_totals.h"

namespace postbounce {

// A part of a message that a key finds.
struct LogEntry {
  LogHash hash = 0;
  std::uint32_t part = 0;

  auto operator<=>(const LogEntry&) const = default;
};

// How much of an attempt is known by the part that it stands in. Values are
// stored.
enum class LogWorth : std::uint8_t {
  kNothing = 0,  // it is only shown: of a log that proves nothing, a preview
  kAttempt = 1,  // not how its message began
  kSender = 2,   // but not how the message had come in
  kAll = 3,
};
// `counts`: as LogBatch has it.
LogWorth WorthOf(const LogMessage& part, bool counts);
// Of an attempt that is known so well.
LogHash HashAtWorth(LogHash attempt, LogWorth worth);

// So many parts become a segment: as many as are written within a transaction
// that intake does not notice.
inline constexpr std::size_t kPartsPerSegment = 16'384;

// The newest parts of one log. A database keeps them as rows, each what one
// batch brought, which costs one append; here they are found by their keys.
// When there are enough of them they become a segment. For one thread.
class LogTail {
 public:
  // `hasher` must outlive the tail. `counts`: as LogBatch has it.
  explicit LogTail(LogHasher* hasher, bool counts = true)
      : hasher_(hasher), counts_(counts) {}

  // Adds a part to the row that is being made. `hashes`: HashOfAttempt() of its
  // attempts.
  void Add(const LogMessage& part, std::span<const LogHash> hashes);
  // The row of all that Add() got since the last time; empty for nothing.
  // Lives as long as the tail.
  const std::string& EndRow();
  // Adds what is in a row. kCorrupt.
  Result<void> AddRow(std::string_view row);

  std::size_t size() const { return parts_.size(); }
  std::size_t bytes() const { return size_; }  // of all rows
  // Of the attempts and lines; meaningless without parts.
  Timestamp first() const { return first_; }
  Timestamp last() const { return last_; }
  const LogTotals& totals() const { return totals_; }

  // The parts that a key may stand for, in their order.
  std::vector<std::uint32_t> Find(LogKeyKind kind, LogHash hash) const;
  // True if an attempt of this hash is here, or one that differs by a second.
  // HashAtWorth() finds those whose worth is less than all, and copies.
  bool HasAttempt(LogHash hash) const;

  // With its lines; without the log's name.
  Result<LogMessage> PartAt(std::uint32_t part) const;

  struct Part {
    std::size_t row = 0;  // where its bytes and lines are
    std::size_t offset = 0;
    std::size_t size = 0;
    std::size_t lines_offset = 0;
    std::size_t lines_size = 0;
    std::uint64_t message = 0;  // a hash of its identity
    std::uint64_t reasons = 0;  // a bit for each Reason of its attempts
    bool is_removed = false;
    bool keep_lines = false;
  };
  std::string_view BytesOf(const Part& part) const {
    return std::string_view(rows_[part.row]).substr(part.offset, part.size);
  }
  std::string_view LinesOf(const Part& part) const {
    return std::string_view(rows_[part.row])
        .substr(part.lines_offset, part.lines_size);
  }
  const std::vector<Part>& parts() const { return parts_; }
  // In any order.
  const std::vector<LogEntry>& keys(LogKeyKind kind) const {
    return keys_[static_cast<std::size_t>(kind)].entries;
  }

 private:
  struct Keys {
    std::vector<LogEntry> entries;
    std::size_t sorted = 0;  // so many of them, the first
  };

  void Index(const LogMessage& message, std::span<const LogHash> hashes);

  LogHasher* hasher_;
  bool counts_;
  std::deque<std::string> rows_ = {std::string()};  // the last: being made
  std::size_t size_ = 0;
  std::vector<Part> parts_;
  std::string bytes_;  // kept for its memory
  // Find() sorts what has been added since, since an import never asks.
  mutable std::array<Keys, kLogKeyKinds> keys_;
  boost::unordered_flat_set<LogHash> attempts_;
  LogTotals totals_;
  Timestamp first_ = Timestamp::max();
  Timestamp last_ = Timestamp::min();
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_TAIL_H_
