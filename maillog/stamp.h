#ifndef POSTBOUNCE_MAILLOG_STAMP_H_
#define POSTBOUNCE_MAILLOG_STAMP_H_

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "mime/text/timestamp.h"

namespace postbounce {

// Reads the times that log lines begin with, in their order:
//   "Nov 21 00:11:23 ", "Nov  1 00:11:23 "   RFC 3164: local, without a year
//   "2026-11-21T01:08:10.269032+00:00 "       RFC 3339
// Either with fractions of a second, of which three digits count.
// One for each stream of lines, for one thread; no allocation.
class StampReader {
 public:
  // The UTC second of a local wall-clock time, both counted since 1970. Where
  // clocks are put back and a time happens twice, either one; where they are
  // put forward, any near it. Asked about once for an hour of log.
  using Zone = std::function<std::int64_t(std::int64_t local)>;

  // `latest`: no line is later, but for a day of clocks that disagree: when
  // the file was last written, or now. It says the year of the first line; each
  // further line gets the year that brings it nearest to the one before, unless
  // that one is astray: more than a week from both its neighbours.
  StampReader(Timestamp latest, Zone zone);
  // The year of the first line is known.
  StampReader(int first_year, Zone zone);

  // Takes a stamp and the blank behind it off the front; false, and `rest` as
  // it was, if there is none or no such time exists (30 February). A leap
  // second is read as the one before.
  bool Take(std::string_view* rest, Timestamp* time);

  // The years of the next lines go by the stamp that was taken last. To be
  // called for lines that can be relied on.
  void Keep() {
    if (next_) Move();
  }

  // Later lines were written until then; an earlier time changes nothing.
  void Extend(Timestamp latest) {
    if (latest_ && *latest_ < latest) latest_ = latest;
  }

 private:
  using Seconds = std::int64_t;  // since 1970, local or UTC
  static constexpr std::array<char, 10> kNoHour = {'0'};

  bool TakeTraditional(std::string_view* rest, Timestamp* time);
  bool TakeRfc3339(std::string_view* rest, Timestamp* time);
  bool TakeMicroseconds(std::string_view* rest, Timestamp* time) const;
  bool TakeAnyFraction(std::string_view* rest, Timestamp* time);
  bool ReadHour(std::string_view text);
  bool ReadMinute(std::string_view text);
  // The day and hour of a stamp without a year.
  struct Hour {
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
  };
  // Local, of a line that is kept, and of the line before.
  struct Place {
    Seconds hour = 0;
    Seconds before = 0;
  };

  void Move();
  Seconds End() const;
  bool IsPast(Seconds local) const;
  std::optional<Place> Find(const Hour& hour) const;
  std::optional<Seconds> First(const Hour& hour) const;
  std::optional<Seconds> Nearest(const Hour& hour, Seconds to) const;

  Zone zone_;
  std::optional<Timestamp> latest_;
  int first_year_;
  std::optional<Place> last_;
  std::optional<Place> next_;  // once it is kept

  // Neighbours mostly share all but minute and second. Empty ones begin with
  // what no stamp of their form does.
  std::array<char, 10> hour_text_ = kNoHour;  // "Nov 21 00:"
  Seconds hour_ = 0;                          // UTC
  std::array<char, 17> minute_text_{};        // "2026-11-21T01:08:"
  Seconds minute_ = 0;                        // without the offset
  std::array<char, 7> offset_text_{};         // "+00:00 "
  int offset_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MAILLOG_STAMP_H_
