#include "mime/text/timestamp.h"

#include <array>
#include <cstdio>

#include "mime/text/text.h"

namespace postbounce {
namespace {

using std::chrono::minutes;

std::string_view TakeLetters(std::string_view* rest) {
  std::size_t size = 0;
  while (size < rest->size() && AsciiLower((*rest)[size]) >= 'a' &&
         AsciiLower((*rest)[size]) <= 'z') {
    ++size;
  }
  const std::string_view word = rest->substr(0, size);
  rest->remove_prefix(size);
  SkipComments(rest);
  return word;
}

std::optional<int> TakeField(std::string_view* rest, int max_digits) {
  const std::optional<int> number = TakeNumber(rest, max_digits);
  SkipComments(rest);
  return number;
}

bool TakeSign(std::string_view* rest, char sign) {
  const bool taken = TakeChar(rest, sign);
  SkipComments(rest);
  return taken;
}

// 1 to 12, or 0. Names longer than three letters are seen: "Sept", "June".
unsigned MonthNumber(std::string_view name) {
  constexpr std::string_view kNames = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (name.size() < 3) return 0;
  for (unsigned i = 0; i < 12; ++i) {
    if (StartsWithIgnoringCase(name, kNames.substr(std::size_t{i} * 3, 3))) {
      return i + 1;
    }
  }
  return 0;
}

std::optional<int> TakeYear(std::string_view* rest) {
  const std::size_t before = rest->size();
  const std::optional<int> year = TakeNumber(rest, 4);
  const std::size_t digits = before - rest->size();
  SkipComments(rest);
  if (!year || digits < 2) return std::nullopt;
  // RFC 5322 section 4.3, obs-year.
  if (digits == 2) return *year < 50 ? *year + 2000 : *year + 1900;
  if (digits == 3) return *year + 1900;
  return year;
}

// "21 Nov 2026", with hyphens too, as old hosts write it.
std::optional<std::chrono::sys_days> TakeDay(std::string_view* rest) {
  const std::optional<int> day = TakeField(rest, 2);
  TakeSign(rest, '-');
  const unsigned month = MonthNumber(TakeLetters(rest));
  TakeSign(rest, '-');
  const std::optional<int> year = TakeYear(rest);
  if (!day || month == 0 || !year || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(*year), std::chrono::month(month),
      std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> TakeTimeOfDay(std::string_view* rest) {
  const std::optional<int> hour = TakeField(rest, 2);
  if (!hour || !TakeSign(rest, ':')) return std::nullopt;
  const std::optional<int> minute = TakeField(rest, 2);
  std::optional<int> second = 0;
  if (TakeSign(rest, ':')) second = TakeField(rest, 2);
  if (!minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  return std::chrono::hours(*hour) + minutes(*minute) +
         std::chrono::seconds(*second);
}

// East of Greenwich. Names other than those of RFC 5322 section 4.3 say
// nothing certain, and "-0000" is UTC.
std::optional<minutes> TakeZone(std::string_view* rest) {
  const bool east = TakeChar(rest, '+');
  if (east || TakeChar(rest, '-')) {
    const std::size_t before = rest->size();
    const std::optional<int> zone = TakeNumber(rest, 4);
    if (!zone || before - rest->size() != 4) return std::nullopt;
    if (*zone / 100 > 24 || *zone % 100 > 59) return std::nullopt;
    const minutes offset{*zone / 100 * 60 + *zone % 100};
    return east ? offset : -offset;
  }
  struct Named {
    std::string_view name;
    int hours;
  };
  constexpr std::array<Named, 8> kZones = {{{"EDT", -4},
                                            {"EST", -5},
                                            {"CDT", -5},
                                            {"CST", -6},
                                            {"MDT", -6},
                                            {"MST", -7},
                                            {"PDT", -7},
                                            {"PST", -8}}};
  const std::string_view name = TakeLetters(rest);
  for (const Named& zone : kZones) {
    if (EqualsIgnoringCase(name, zone.name)) return minutes(zone.hours * 60);
  }
  return minutes(0);
}

}  // namespace

std::optional<Timestamp> ParseDate(std::string_view text) {
  std::string_view rest = text;
  SkipComments(&rest);
  TakeLetters(&rest);  // the day of the week
  TakeSign(&rest, ',');
  const auto day = TakeDay(&rest);
  if (!day) return std::nullopt;
  const auto time_of_day = TakeTimeOfDay(&rest);
  if (!time_of_day) return std::nullopt;
  const auto zone = TakeZone(&rest);
  if (!zone) return std::nullopt;

  const Timestamp time = *day + *time_of_day - *zone;
  constexpr Timestamp kEnd{std::chrono::sys_days{std::chrono::year(10'000) /
                                                 std::chrono::January / 1}};
  if (time < Timestamp{} || time >= kEnd) return std::nullopt;
  return time;
}

std::string FormatTimestamp(Timestamp time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(time - day).count();
  char buffer[48];
  std::snprintf(
      buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(seconds / 3600),
      static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return buffer;
}

}  // namespace postbounce
