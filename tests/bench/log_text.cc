#include "tests/bench/log_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string_view>

#include "tests/bench/log_words.h"

namespace postbounce {
namespace {

constexpr std::uint64_t kDomains = 2000;
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

}  // namespace

std::uint64_t Mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15u;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
  return value ^ (value >> 31);
}

double Fraction(std::uint64_t random) {
  return static_cast<double>(random >> 11) * 0x1.0p-53;
}

std::uint64_t Zipf(std::uint64_t random, std::uint64_t count) {
  const double rank =
      std::exp(Fraction(random) * std::log(static_cast<double>(count + 1)));
  return std::min(static_cast<std::uint64_t>(rank), count);
}

void AddNumber(std::string* out, std::uint64_t number) {
  std::array<char, 24> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out->append(digits.data(), end.ptr);
}

void AddTwoDigits(std::string* out, std::int64_t number) {
  out->push_back(static_cast<char>('0' + number / 10));
  out->push_back(static_cast<char>('0' + number % 10));
}

void AddSeconds(std::string* out, std::int64_t microseconds) {
  const std::int64_t hundredths = microseconds / 10'000;
  AddNumber(out, static_cast<std::uint64_t>(hundredths / 100));
  if (hundredths >= 1000 || hundredths % 100 == 0) return;
  out->push_back('.');
  if (hundredths >= 100 || hundredths % 10 == 0) {
    AddNumber(out, static_cast<std::uint64_t>(hundredths / 10 % 10));
  } else {
    AddTwoDigits(out, hundredths % 100);
  }
}

void StampText::Add(std::string* out, std::int64_t time, bool is_iso) {
  if (time / kMicroseconds != second_) {
    second_ = time / kMicroseconds;
    const std::chrono::sys_seconds second{std::chrono::seconds(second_)};
    const auto day = std::chrono::floor<std::chrono::days>(second);
    const std::chrono::year_month_day date(day);
    const std::int64_t of_day = (second - day).count();
    const auto month = static_cast<unsigned>(date.month());
    const auto number = static_cast<unsigned>(date.day());
    text_.clear();
    if (is_iso) {
      AddNumber(&text_, static_cast<std::uint64_t>(int{date.year()}));
      text_ += '-';
      AddTwoDigits(&text_, month);
      text_ += '-';
      AddTwoDigits(&text_, number);
      text_ += 'T';
    } else {
      text_ += kMonths.substr(std::size_t{month - 1} * 3, 3);
      text_ += number < 10 ? "  " : " ";
      AddNumber(&text_, number);
      text_ += ' ';
    }
    AddTwoDigits(&text_, of_day / 3600);
    text_ += ':';
    AddTwoDigits(&text_, of_day / 60 % 60);
    text_ += ':';
    AddTwoDigits(&text_, of_day % 60);
  }
  *out += text_;
  if (!is_iso) return;
  *out += '.';
  for (int part = 10'000; part > 0; part /= 100) {
    AddTwoDigits(out, time % kMicroseconds / part % 100);
  }
  *out += "+00:00";
}

void AddDomain(std::string* out, std::uint64_t domain) {
  *out += kDomainNames[domain % kDomainNames.size()];
  AddNumber(out, domain / kDomainNames.size());
  *out += ".example";
}

std::uint64_t DomainOf(std::uint64_t address) {
  return Zipf(Mix(address), kDomains);
}

void AddAddress(std::string* out, std::uint64_t rank) {
  std::uint64_t rest = rank;
  *out += kFirstNames[rest % kFirstNames.size()];
  rest /= kFirstNames.size();
  out->push_back('.');
  *out += kLastNames[rest % kLastNames.size()];
  AddNumber(out, rest / kLastNames.size());
  out->push_back('@');
  AddDomain(out, DomainOf(rank));
}

void AddHost(std::string* out, std::uint64_t domain) {
  *out += "mx1.";
  AddDomain(out, domain);
  *out += "[198.18.";
  AddNumber(out, domain / 250);
  out->push_back('.');
  AddNumber(out, domain % 250 + 1);
  out->push_back(']');
}

void AddBased(std::string* out, std::uint64_t number, std::uint64_t base,
              int digits) {
  const std::string_view alphabet =
      base == 16 ? "0123456789ABCDEF"
                 : "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";
  std::array<char, 16> text;
  std::size_t at = text.size();
  for (; number > 0 || digits > 0; number /= base, --digits) {
    text[--at] = alphabet[number % base];
  }
  out->append(text.data() + at, text.size() - at);
}

}  // namespace postbounce
