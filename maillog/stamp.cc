#include "maillog/stamp.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "maillog/scan.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace chr = std::chrono;

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
// A 29 February is at most eight years from the next (1896 and 1904).
constexpr int kLeapGap = 8;
constexpr std::int64_t kWeek = 7 * kDay;

// Two digits as a number; -1 for anything else.
int TwoDigits(const char* text) {
  const unsigned tens = static_cast<unsigned char>(text[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(text[1]) - unsigned{'0'};
  if (tens > 9 || ones > 9) return -1;
  return static_cast<int>(tens * 10 + ones);
}

// 1 to 12, or 0.
unsigned MonthNumber(std::string_view name) {
  constexpr std::string_view kNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (unsigned i = 0; i < 12; ++i) {
    if (name == kNames.substr(std::size_t{i} * 3, 3)) return i + 1;
  }
  return 0;
}

std::optional<std::int64_t> SecondsOf(int year, unsigned month, unsigned day,
                                      int hour) {
  const chr::year_month_day date{chr::year(year), chr::month(month),
                                 chr::day(day)};
  if (year < 1970 || year > 9999 || !date.ok()) return std::nullopt;
  return chr::sys_days(date).time_since_epoch().count() * kDay + hour * kHour;
}

int YearOf(std::int64_t seconds) {
  const chr::sys_days day{chr::floor<chr::days>(chr::seconds(seconds))};
  return static_cast<int>(chr::year_month_day(day).year());
}

// Takes ".269032" off the front if it is there, as milliseconds; -1 for a dot
// without digits.
int TakeFraction(std::string_view* rest) {
  if (!TakeChar(rest, '.')) return 0;
  const std::size_t digits = DigitsOf(*rest);
  if (digits == 0) return -1;
  int value = 0;
  int unit = 100;
  for (std::size_t i = 0; i < std::min<std::size_t>(digits, 3); ++i) {
    value += unit * ((*rest)[i] - '0');
    unit /= 10;
  }
  rest->remove_prefix(digits);
  return value;
}

// Takes "Z", "+01:00" or "+0100" off the front: seconds east of Greenwich.
std::optional<int> TakeOffset(std::string_view* rest) {
  if (TakeChar(rest, 'Z')) return 0;
  if (rest->size() < 5) return std::nullopt;
  const char sign = rest->front();
  if (sign != '+' && sign != '-') return std::nullopt;
  const std::size_t colon = (*rest)[3] == ':' ? 1 : 0;
  if (rest->size() < 5 + colon) return std::nullopt;
  const int hours = TwoDigits(rest->data() + 1);
  const int minutes = TwoDigits(rest->data() + 3 + colon);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) {
    return std::nullopt;
  }
  rest->remove_prefix(5 + colon);
  const int seconds = hours * 3600 + minutes * 60;
  return sign == '-' ? -seconds : seconds;
}

// What stands behind the seconds of either form.
bool Finish(std::int64_t seconds, int milliseconds, std::string_view text,
            std::string_view* rest, Timestamp* time) {
  if (milliseconds < 0 || seconds < 0 || !TakeChar(&text, ' ')) return false;
  *rest = text;
  *time = Timestamp{chr::milliseconds(seconds * 1000 + milliseconds)};
  return true;
}

}  // namespace

StampReader::StampReader(Timestamp latest, Zone zone)
    : zone_(std::move(zone)), latest_(latest), first_year_(0) {}

StampReader::StampReader(int first_year, Zone zone)
    : zone_(std::move(zone)), first_year_(first_year) {}

bool StampReader::Take(std::string_view* rest, Timestamp* time) {
  if (rest->empty()) return false;
  return IsDigit(rest->front()) ? TakeRfc3339(rest, time)
                                : TakeTraditional(rest, time);
}

// "Nov 21 00:11:23 "
bool StampReader::TakeTraditional(std::string_view* rest, Timestamp* time) {
  constexpr std::size_t kSize = 16;
  if (rest->size() < kSize) return false;
  const char* const text = rest->data();
  if (!SameBytes<10>(hour_text_.data(), text) &&
      !ReadHour(rest->substr(0, hour_text_.size()))) {
    return false;
  }
  const int minute = TwoDigits(text + 10);
  const int second = TwoDigits(text + 13);
  if (minute < 0 || minute > 59 || text[12] != ':' || second < 0 ||
      second > 60) {
    return false;
  }
  const Seconds seconds = hour_ + minute * kMinute + std::min(second, 59);
  if (text[15] != ' ') {
    std::string_view fraction = rest->substr(15);
    const int milliseconds = TakeFraction(&fraction);
    return Finish(seconds, milliseconds, fraction, rest, time);
  }
  if (seconds < 0) return false;
  rest->remove_prefix(kSize);
  *time = Timestamp{chr::milliseconds(seconds * 1000)};
  return true;
}

// "2026-11-21T01:08:10.269032+00:00 "
bool StampReader::TakeRfc3339(std::string_view* rest, Timestamp* time) {
  if (rest->size() < 21) return false;
  if (!SameBytes<17>(minute_text_.data(), rest->data()) &&
      !ReadMinute(rest->substr(0, minute_text_.size()))) {
    return false;
  }
  return TakeMicroseconds(rest, time) || TakeAnyFraction(rest, time);
}

bool StampReader::TakeAnyFraction(std::string_view* rest, Timestamp* time) {
  const int second = TwoDigits(rest->data() + 17);
  if (second < 0 || second > 60) return false;
  std::string_view text = rest->substr(19);
  const int milliseconds = TakeFraction(&text);
  const std::string_view offset_text = text.substr(0, offset_text_.size());
  const std::optional<int> offset = TakeOffset(&text);
  if (!offset) return false;
  if (offset_text.size() == offset_text_.size()) {
    std::copy(offset_text.begin(), offset_text.end(), offset_text_.begin());
    offset_ = *offset;
  }
  return Finish(minute_ + std::min(second, 59) - *offset, milliseconds, text,
                rest, time);
}

// The form of nearly all lines: "10.269032+00:00 " behind a minute that is
// known, with the offset of the line before.
bool StampReader::TakeMicroseconds(std::string_view* rest,
                                   Timestamp* time) const {
  constexpr std::size_t kSize = 33;
  if (rest->size() < kSize || (*rest)[19] != '.') return false;
  const char* text = rest->data();
  const int second = TwoDigits(text + 17);
  const int tens = TwoDigits(text + 20);
  const int ones = TwoDigits(text + 22);
  if (!SameBytes<7>(offset_text_.data(), text + 26) || second < 0 ||
      second > 59 || tens < 0 || ones < 0 || TwoDigits(text + 24) < 0) {
    return false;
  }
  const Seconds seconds = minute_ + second - offset_;
  if (seconds < 0) return false;
  rest->remove_prefix(kSize);
  *time = Timestamp{chr::milliseconds(seconds * 1000 + tens * 10 + ones / 10)};
  return true;
}

// "Nov 21 00:"
bool StampReader::ReadHour(std::string_view text) {
  const unsigned month = MonthNumber(text.substr(0, 3));
  const bool padded = text[4] == ' ';
  const int day =
      padded && IsDigit(text[5]) ? text[5] - '0' : TwoDigits(text.data() + 4);
  const int hour = TwoDigits(text.data() + 7);
  if (month == 0 || text[3] != ' ' || day < 1 || text[6] != ' ' || hour < 0 ||
      hour > 23 || text[9] != ':') {
    return false;
  }
  const auto place = Find({month, static_cast<unsigned>(day), hour});
  if (!place) return false;
  next_ = place;
  hour_ = zone_(place->hour);
  std::copy(text.begin(), text.end(), hour_text_.begin());
  return true;
}

// "2026-11-21T01:08:"
bool StampReader::ReadMinute(std::string_view text) {
  const int century = TwoDigits(text.data());
  const int year = TwoDigits(text.data() + 2);
  const int month = TwoDigits(text.data() + 5);
  const int day = TwoDigits(text.data() + 8);
  const int hour = TwoDigits(text.data() + 11);
  const int minute = TwoDigits(text.data() + 14);
  if (century < 0 || year < 0 || text[4] != '-' || month < 1 ||
      text[7] != '-' || day < 1 || text[10] != 'T' || hour < 0 || hour > 23 ||
      text[13] != ':' || minute < 0 || minute > 59 || text[16] != ':') {
    return false;
  }
  const std::optional<Seconds> local =
      SecondsOf(century * 100 + year, static_cast<unsigned>(month),
                static_cast<unsigned>(day), hour);
  if (!local) return false;
  // A stream may change its form; its next line without a year goes by this.
  next_ = Place{*local, *local};
  hour_text_ = kNoHour;
  minute_ = *local + minute * kMinute;
  std::copy(text.begin(), text.end(), minute_text_.begin());
  return true;
}

void StampReader::Move() {
  last_ = next_;
  next_.reset();
}

// No line is later, where that is known.
StampReader::Seconds StampReader::End() const {
  return chr::floor<chr::seconds>(latest_->time_since_epoch()).count() + kDay;
}

// Whether a line can be so late. The zone is only asked where that matters.
bool StampReader::IsPast(Seconds local) const {
  if (!latest_) return true;
  const Seconds end = End();
  if (std::abs(local - end) > kDay) return local < end;
  return zone_(local) <= end;
}

std::optional<StampReader::Place> StampReader::Find(const Hour& hour) const {
  if (last_) {
    const Seconds before = last_->before;
    const auto back = Nearest(hour, before);
    if (back && std::abs(*back - before) <= kWeek &&
        std::abs(last_->hour - before) > kWeek) {
      return Place{*back, before};
    }
    const auto next = Nearest(hour, last_->hour);
    if (next) return Place{*next, last_->hour};
  }
  const auto first = First(hour);
  return first ? std::optional(Place{*first, *first}) : std::nullopt;
}

std::optional<StampReader::Seconds> StampReader::First(const Hour& hour) const {
  if (!latest_) return SecondsOf(first_year_, hour.month, hour.day, hour.hour);
  // It may already be the next year there.
  const int last_year = YearOf(End()) + 1;
  for (int year = last_year; year >= last_year - kLeapGap - 1; --year) {
    const auto local = SecondsOf(year, hour.month, hour.day, hour.hour);
    if (local && IsPast(*local)) return local;
  }
  return std::nullopt;
}

std::optional<StampReader::Seconds> StampReader::Nearest(const Hour& hour,
                                                         Seconds to) const {
  const int year = YearOf(to);
  std::optional<Seconds> best;
  const auto consider = [&](int candidate) {
    const auto local = SecondsOf(candidate, hour.month, hour.day, hour.hour);
    if (!local || (best && std::abs(*local - to) >= std::abs(*best - to))) {
      return;
    }
    if (IsPast(*local)) best = local;
  };
  consider(year);
  for (int away = 1; away == 1 || (!best && away <= kLeapGap); ++away) {
    consider(year - away);
    consider(year + away);
  }
  return best;
}

}  // namespace postbounce
