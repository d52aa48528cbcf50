#ifndef POSTBOUNCE_TESTS_BENCH_LOG_SHAPES_H_
#define POSTBOUNCE_TESTS_BENCH_LOG_SHAPES_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace postbounce {

// The log of a busy server that mails a million addresses. Most messages have
// five lines: client, message-id, queued, an attempt, removed; each attempt
// after a deferred one has two more. The more popular an address or a domain
// is, the more mail it gets (Zipf, s = 1).
struct LogShape {
  std::uint64_t lines = 2'000'000;
  bool is_iso = false;  // RFC 3339 and long queue ids; else RFC 3164 and short
  std::chrono::sys_seconds begin{std::chrono::seconds(1'761'955'200)};
  std::chrono::seconds span = std::chrono::hours(24);
  std::uint64_t seed = 1;
};

// What is in it, to check readers by.
struct ShapeTotals {
  std::uint64_t messages = 0;
  std::uint64_t sent = 0;
  std::uint64_t deferred = 0;  // attempts
  std::uint64_t bounced = 0;
  std::uint64_t bytes = 0;
};

// The address of that rank, 1 to a million: "anna.weber7@northmail3.example".
std::string LogAddress(std::uint64_t rank);

// Writes a log, the same one for the same shape. Ends the program where the
// file cannot be written.
ShapeTotals WriteLog(const std::string& path, const LogShape& shape);

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_BENCH_LOG_SHAPES_H_
