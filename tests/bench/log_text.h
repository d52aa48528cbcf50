#ifndef POSTBOUNCE_TESTS_BENCH_LOG_TEXT_H_
#define POSTBOUNCE_TESTS_BENCH_LOG_TEXT_H_

#include <cstdint>
#include <string>

// The small parts of the lines that log_shapes.h makes.
namespace postbounce {

inline constexpr std::int64_t kMicroseconds = 1'000'000;  // of a second

// splitmix64: any number's own random one.
std::uint64_t Mix(std::uint64_t value);
// A random number as a share of 1.
double Fraction(std::uint64_t random);
// 1 to `count`; the first comes most often, the second half as often, ...
std::uint64_t Zipf(std::uint64_t random, std::uint64_t count);

void AddNumber(std::string* out, std::uint64_t number);
void AddTwoDigits(std::string* out, std::int64_t number);
// "0.05", "7.2", "1074": as Postfix rounds.
void AddSeconds(std::string* out, std::int64_t microseconds);
// At least `digits` digits of a base up to 52, as in a long queue id; 16 is
// that of a short one.
void AddBased(std::string* out, std::uint64_t number, std::uint64_t base,
              int digits);

// Each address is at one of 2000 domains.
std::uint64_t DomainOf(std::uint64_t address);
// The times of lines: "Nov 21 00:11:23", "2026-11-21T01:08:10.269032+00:00".
class StampText {
 public:
  // `time` in microseconds since 1970.
  void Add(std::string* out, std::int64_t time, bool is_iso);

 private:
  std::int64_t second_ = -1;
  std::string text_;  // of that second
};

// "northmail3.example"
void AddDomain(std::string* out, std::uint64_t domain);
// "anna.weber7@northmail3.example"
void AddAddress(std::string* out, std::uint64_t address);
// "mx1.northmail3.example[198.18.7.1]"
void AddHost(std::string* out, std::uint64_t domain);

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_BENCH_LOG_TEXT_H_
