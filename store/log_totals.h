#ifndef POSTBOUNCE_STORE_LOG_TOTALS_H_
#define POSTBOUNCE_STORE_LOG_TOTALS_H_

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mime/text/result.h"
#include "store/log_message.h"

namespace postbounce {

// What deliveries are counted by. Values are stored; do not change them.
enum class LogDimension : std::uint8_t {
  kAll = 0,           // by hour; the others by day
  kDomain = 1,        // of the recipient
  kSenderDomain = 2,  // "<>" for the null sender, "" where not known
  kRelay = 3,         // the host's name, or what stands in its place
  kStatus = 4,        // dsn=
  kReason = 5,
};
inline constexpr std::size_t kLogDimensions = 6;
std::string_view LogDimensionName(LogDimension dimension);
std::optional<LogDimension> ParseLogDimension(std::string_view name);

// Attempts of mail, without probes: each try counts.
struct LogCounts {
  std::uint64_t sent = 0;
  std::uint64_t deferred = 0;
  std::uint64_t bounced = 0;  // expired ones, too

  LogCounts& operator+=(const LogCounts& other);
  bool operator==(const LogCounts&) const = default;
};

// Counts under one name, in the hour or day that begins at `time`, which is in
// milliseconds since 1970.
struct TotalRow {
  std::int64_t time = 0;
  std::string name;
  LogCounts counts;
};

// How long what was sent had taken: in all, before the queue manager, in it,
// connecting, sending.
class DelayHistogram {
 public:
  static constexpr std::size_t kDelays = 5;

  void Add(const LogAttempt& attempt);
  void Add(const DelayHistogram& other);
  std::uint64_t count() const;
  // Milliseconds within which `share` (0 to 1) of them were; up to a quarter
  // too much. 0 for none.
  std::uint64_t Quantile(std::size_t delay, double share) const;

  std::string Encode() const;
  static Result<DelayHistogram> Decode(std::string_view bytes);

  bool operator==(const DelayHistogram&) const = default;

 private:
  // Four for each power of two, up to about 12 days.
  static constexpr std::size_t kBuckets = 120;
  static std::size_t BucketOf(std::uint64_t milliseconds);
  static std::uint64_t EndOf(std::size_t bucket);

  std::array<std::array<std::uint32_t, kBuckets>, kDelays> counts_{};
};

// Counts of a stretch of log, as they are added up while messages come.
class LogTotals {
 public:
  // Milliseconds since 1970 of the hour's or day's begin.
  struct Key {
    LogDimension dimension;
    std::int64_t time;
    std::string name;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  using Counts = boost::unordered_flat_map<Key, LogCounts, KeyHash>;
  using Delays = boost::unordered_flat_map<std::int64_t, DelayHistogram>;

  // Counts the attempts of a part, which should say its sender.
  void Add(const LogMessage& part);

  const Counts& counts() const { return counts_; }
  const Delays& delays() const { return delays_; }  // by hour

 private:
  Counts counts_;
  Delays delays_;
  Key key_;  // kept for its memory
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_LOG_TOTALS_H_
