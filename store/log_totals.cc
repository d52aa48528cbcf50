#include "store/log_totals.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>

#include "mime/text/text.h"
#include "store/log_keys.h"
#include "store/varint.h"

namespace postbounce {
namespace {

constexpr std::size_t kNameSize = 255;  // strangers choose some of them

constexpr std::array<std::string_view, kLogDimensions> kNames = {
    "all", "domain", "sender-domain", "relay", "dsn", "reason"};

// "MX.example.org[192.0.2.1]:25" is "mx.example.org"; what has no host, such
// as "none" or a transport's name, stays.
std::string_view HostOf(std::string_view relay) {
  return relay.substr(0, relay.find('['));
}

template <class Unit>
std::int64_t Floor(Timestamp time) {
  return Timestamp(std::chrono::floor<Unit>(time)).time_since_epoch().count();
}

}  // namespace

std::string_view LogDimensionName(LogDimension dimension) {
  return kNames[static_cast<std::size_t>(dimension)];
}

std::optional<LogDimension> ParseLogDimension(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<LogDimension>(found - kNames.begin());
}

LogCounts& LogCounts::operator+=(const LogCounts& other) {
  sent += other.sent;
  deferred += other.deferred;
  bounced += other.bounced;
  return *this;
}

std::size_t DelayHistogram::BucketOf(std::uint64_t milliseconds) {
  if (milliseconds < 4) return static_cast<std::size_t>(milliseconds);
  const auto power = static_cast<std::size_t>(std::bit_width(milliseconds)) - 1;
  const std::size_t quarter = (milliseconds >> (power - 2)) & 3;
  return std::min(kBuckets - 1, 4 * (power - 1) + quarter);
}

std::uint64_t DelayHistogram::EndOf(std::size_t bucket) {
  if (bucket < 4) return bucket;
  const std::size_t power = bucket / 4 + 1;
  return ((std::uint64_t{4} + bucket % 4 + 1) << (power - 2)) - 1;
}

void DelayHistogram::Add(const LogAttempt& attempt) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < attempt.delays.size(); ++i) {
    all += attempt.delays[i];
    ++counts_[i + 1][BucketOf(attempt.delays[i])];
  }
  ++counts_[0][BucketOf(all)];
}

void DelayHistogram::Add(const DelayHistogram& other) {
  for (std::size_t delay = 0; delay < kDelays; ++delay) {
    for (std::size_t i = 0; i < kBuckets; ++i) {
      counts_[delay][i] += other.counts_[delay][i];
    }
  }
}

std::uint64_t DelayHistogram::count() const {
  std::uint64_t all = 0;
  for (const std::uint32_t count : counts_[0]) all += count;
  return all;
}

std::uint64_t DelayHistogram::Quantile(std::size_t delay, double share) const {
  const auto wanted = static_cast<std::uint64_t>(
      std::ceil(share * static_cast<double>(count())));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[delay][i];
    if (seen >= std::max<std::uint64_t>(wanted, 1)) return EndOf(i);
  }
  return 0;
}

// Each delay's non-empty buckets: how many, then index and count.
std::string DelayHistogram::Encode() const {
  std::string bytes;
  for (const auto& counts : counts_) {
    PutNumber(&bytes, kBuckets - static_cast<std::size_t>(std::count(
                                     counts.begin(), counts.end(), 0u)));
    for (std::size_t i = 0; i < kBuckets; ++i) {
      if (counts[i] == 0) continue;
      PutNumber(&bytes, i);
      PutNumber(&bytes, counts[i]);
    }
  }
  return bytes;
}

Result<DelayHistogram> DelayHistogram::Decode(std::string_view bytes) {
  VarintReader in(bytes);
  DelayHistogram histogram;
  for (auto& counts : histogram.counts_) {
    for (std::uint64_t left = in.Number(); left > 0 && in.ok(); --left) {
      const std::uint64_t bucket = in.Number();
      const auto count = static_cast<std::uint32_t>(in.Number());
      if (bucket < kBuckets) counts[bucket] = count;
    }
  }
  if (!in.ok()) {
    return Error(ErrorCode::kCorrupt, "the delays of an hour are damaged");
  }
  return histogram;
}

std::size_t LogTotals::KeyHash::operator()(const Key& key) const {
  return HashOfId(key.name) ^
         static_cast<std::size_t>(key.time) * 0x9e3779b97f4a7c15u ^
         static_cast<std::size_t>(key.dimension) << 56;
}

void LogTotals::Add(const LogMessage& part) {
  for (const LogAttempt& attempt : part.attempts) {
    LogCounts counts;
    counts.sent = attempt.action == Action::kDelivered ? 1 : 0;
    counts.deferred = attempt.action == Action::kDelayed ? 1 : 0;
    counts.bounced = attempt.action == Action::kFailed ? 1 : 0;
    if (attempt.is_probe || counts == LogCounts()) continue;
    const std::int64_t hour = Floor<std::chrono::hours>(attempt.time);
    const std::int64_t day = Floor<std::chrono::days>(attempt.time);
    const auto count = [&](LogDimension dimension, std::int64_t time,
                           std::string_view name) {
      key_.dimension = dimension;
      key_.time = time;
      key_.name.assign(name.substr(0, kNameSize));
      for (char& c : key_.name) c = AsciiLower(c);
      counts_[key_] += counts;
    };
    count(LogDimension::kAll, hour, {});
    count(LogDimension::kDomain, day, DomainOf(attempt.recipient));
    count(LogDimension::kSenderDomain, day,
          !part.sender           ? std::string_view()
          : part.sender->empty() ? std::string_view("<>")
                                 : DomainOf(*part.sender));
    count(LogDimension::kRelay, day, HostOf(attempt.relay));
    count(LogDimension::kStatus, day, attempt.status);
    count(LogDimension::kReason, day, ReasonName(attempt.reason));
    if (counts.sent != 0) delays_[hour].Add(attempt);
  }
}

}  // namespace postbounce
