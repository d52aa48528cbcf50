#include "maillog/stamp.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace postbounce {
namespace {

constexpr std::int64_t kHour = 3600;

std::int64_t Utc(std::int64_t local) { return local; }

Timestamp Date(int year, unsigned month, unsigned day, int hour = 0) {
  return std::chrono::sys_days{std::chrono::year(year) /
                               static_cast<int>(month) /
                               static_cast<int>(day)} +
         std::chrono::hours(hour);
}

// The stamp in ISO form, with milliseconds; "-" if there is none.
std::string Read(StampReader* reader, std::string stamp) {
  stamp += " rest";
  std::string_view rest = stamp;
  Timestamp time;
  if (!reader->Take(&rest, &time)) {
    EXPECT_EQ(rest, stamp);
    return "-";
  }
  EXPECT_EQ(rest, "rest");
  reader->Keep();
  const auto ms = time.time_since_epoch().count() % 1000;
  std::string text = FormatTimestamp(time);
  if (ms != 0) text += " " + std::to_string(ms);
  return text;
}

std::string ReadOne(const std::string& stamp) {
  StampReader reader(2026, Utc);
  return Read(&reader, stamp);
}

TEST(StampReaderTest, KnowsEveryFormOfAStamp) {
  const struct {
    std::string stamp, want;
  } kCases[] = {
      {"Nov 21 00:11:23", "2026-11-21T00:11:23Z"},
      {"Nov  1 00:11:23", "2026-11-01T00:11:23Z"},
      {"Nov 01 00:11:23", "2026-11-01T00:11:23Z"},
      {"Jan  9 23:59:59", "2026-01-09T23:59:59Z"},
      {"Nov 21 00:11:60", "2026-11-21T00:11:59Z"},
      {"Nov 21 00:11:23.269032", "2026-11-21T00:11:23Z 269"},
      {"2026-11-21T01:08:10+00:00", "2026-11-21T01:08:10Z"},
      {"2026-11-21T01:08:10Z", "2026-11-21T01:08:10Z"},
      {"2026-11-21T01:08:60Z", "2026-11-21T01:08:59Z"},
      {"2026-11-21T01:08:10.2Z", "2026-11-21T01:08:10Z 200"},
      {"2026-11-21T01:08:10.26Z", "2026-11-21T01:08:10Z 260"},
      {"2026-11-21T01:08:10.269Z", "2026-11-21T01:08:10Z 269"},
      {"2026-11-21T01:08:10.269032+00:00", "2026-11-21T01:08:10Z 269"},
      {"2026-11-21T01:08:10.269999999+00:00", "2026-11-21T01:08:10Z 269"},
      {"2026-11-21T01:08:10.0+01:00", "2026-11-21T00:08:10Z"},
      {"2026-11-21T01:08:10+0530", "2026-11-20T19:38:10Z"},
      {"2026-12-31T23:08:10-08:00", "2027-01-01T07:08:10Z"},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.stamp);
    EXPECT_EQ(ReadOne(each.stamp), each.want);
  }
}

TEST(StampReaderTest, RefusesWhatIsNoTime) {
  for (const char* stamp : {"",
                            "x",
                            "nov 21 00:11:23",
                            "Nov 31 00:11:23",
                            "Feb 29 00:11:23",
                            "Feb 30 00:11:23",
                            "Nov 00 00:11:23",
                            "Nov  0 00:11:23",
                            "Nov 21 24:11:23",
                            "Nov 21 00:60:23",
                            "Nov 21 00:11:61",
                            "Nov 21 00-11:23",
                            "Nov 21 00:11-23",
                            "Nov 21 0a:11:23",
                            "Nov 21 00:11:2",
                            "Nov 1 00:11:23",
                            "Nov 21 00:11:23.",
                            "Nov 21 2026",
                            "2026-02-29T00:00:00Z",
                            "2026-13-01T00:00:00Z",
                            "1969-12-31T23:59:59Z",
                            "1970-01-01T00:00:00+00:01",
                            "2026-11-21T24:00:00Z",
                            "2026-11-21T01:08:10",
                            "2026-11-21T01:08:10.Z",
                            "2026-11-21T01:08:1Z",
                            "2026-11-21T01:08:10+01:60",
                            "2026-11-21T01:08:10+24:00",
                            "2026-11-21T01:08:10+1:00",
                            "2026-11-21 01:08:10Z",
                            "2026-11-21T01:08:10.2690",
                            "99999-11-21T01:08:10Z"}) {
    SCOPED_TRACE(stamp);
    EXPECT_EQ(ReadOne(stamp), "-");
  }
  EXPECT_EQ(ReadOne(std::string(10, '\0') + "11:23"), "-");
  EXPECT_EQ(ReadOne(std::string(17, '\0') + "23Z"), "-");
}

TEST(StampReaderTest, KeepsTheHourOnlyForLinesOfThatHour) {
  StampReader reader(2026, Utc);
  EXPECT_EQ(Read(&reader, "Nov 21 00:59:59"), "2026-11-21T00:59:59Z");
  EXPECT_EQ(Read(&reader, "Nov 21 00:61:59"), "-");
  EXPECT_EQ(Read(&reader, "Nov 21 01:00:00"), "2026-11-21T01:00:00Z");
  EXPECT_EQ(Read(&reader, "2026-11-21T01:00:01Z"), "2026-11-21T01:00:01Z");
  EXPECT_EQ(Read(&reader, "2026-11-21T01:00:02+01:00"), "2026-11-21T00:00:02Z");
  EXPECT_EQ(Read(&reader, "2026-11-21T01:01:00Z"), "2026-11-21T01:01:00Z");
}

TEST(StampReaderTest, KeepsTheOffsetOnlyForLinesThatHaveIt) {
  StampReader reader(2026, Utc);
  const struct {
    std::string stamp, want;
  } kLines[] = {
      {"2026-11-21T01:08:10.269032+01:00", "2026-11-21T00:08:10Z 269"},
      {"2026-11-21T01:08:11.001002+01:00", "2026-11-21T00:08:11Z 1"},
      {"2026-11-21T01:08:12.999999+00:00", "2026-11-21T01:08:12Z 999"},
      {"2026-11-21T01:08:13.5+01:00", "2026-11-21T00:08:13Z 500"},
      {"2026-11-21T01:08:60.000000+01:00", "2026-11-21T00:08:59Z"},
      {"2026-11-21T01:08:61.000000+01:00", "-"},
      {"2026-11-21T01:08:14.00000x+01:00", "-"},
      {"2026-11-21T01:08:15.000000+01:00", "2026-11-21T00:08:15Z"},
  };
  for (const auto& line : kLines) {
    SCOPED_TRACE(line.stamp);
    EXPECT_EQ(Read(&reader, line.stamp), line.want);
  }
}

TEST(StampReaderTest, TakesTheYearOfTheFirstLineFromTheLatestTime) {
  const struct {
    Timestamp latest;
    std::string stamp, want;
  } kCases[] = {
      {Date(2026, 11, 21, 12), "Nov 21 11:00:00", "2026-11-21T11:00:00Z"},
      {Date(2026, 11, 21, 12), "Nov 22 11:00:00", "2026-11-22T11:00:00Z"},
      {Date(2026, 11, 21, 12), "Nov 22 13:00:00", "2025-11-22T13:00:00Z"},
      {Date(2026, 1, 1, 1), "Dec 31 23:00:00", "2025-12-31T23:00:00Z"},
      {Date(2026, 12, 31, 12), "Jan  1 11:00:00", "2027-01-01T11:00:00Z"},
      {Date(2026, 12, 31, 12), "Jan  1 13:00:00", "2026-01-01T13:00:00Z"},
      {Date(2026, 11, 21), "Feb 29 11:00:00", "2024-02-29T11:00:00Z"},
      {Date(2104, 1, 1), "Feb 29 11:00:00", "2096-02-29T11:00:00Z"},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.stamp);
    StampReader reader(each.latest, Utc);
    EXPECT_EQ(Read(&reader, each.stamp), each.want);
  }
}

TEST(StampReaderTest, FollowsTheYearsThroughALog) {
  StampReader reader(2023, Utc);
  const struct {
    std::string stamp, want;
  } kLines[] = {
      {"Dec 31 23:59:59", "2023-12-31T23:59:59Z"},
      {"Jan  1 00:00:00", "2024-01-01T00:00:00Z"},
      {"Dec 31 23:59:59", "2023-12-31T23:59:59Z"},  // lines that overtook
      {"Jan  1 00:00:00", "2024-01-01T00:00:00Z"},
      {"Feb 29 12:00:00", "2024-02-29T12:00:00Z"},
      {"Aug 15 12:00:00", "2024-08-15T12:00:00Z"},
      {"Jan 10 12:00:00", "2025-01-10T12:00:00Z"},
      {"Jun 10 12:00:00", "2025-06-10T12:00:00Z"},
      {"Nov 10 12:00:00", "2025-11-10T12:00:00Z"},
      {"Feb 28 12:00:00", "2026-02-28T12:00:00Z"},
      {"Feb 29 12:00:00", "2024-02-29T12:00:00Z"},  // the nearest there is
  };
  for (const auto& line : kLines) {
    SCOPED_TRACE(line.stamp);
    EXPECT_EQ(Read(&reader, line.stamp), line.want);
  }
}

TEST(StampReaderTest, NoLineIsLaterThanTheLog) {
  StampReader reader(Date(2026, 11, 21), Utc);
  const struct {
    std::string stamp, want;
  } kLines[] = {
      {"Oct  1 11:00:00", "2026-10-01T11:00:00Z"},
      {"Mar  1 00:00:00", "2026-03-01T00:00:00Z"},  // there is no later one
      {"Feb 29 00:00:00", "2024-02-29T00:00:00Z"},
      {"2037-01-01T00:00:00Z", "2037-01-01T00:00:00Z"},
      {"Nov 21 00:00:00", "2026-11-21T00:00:00Z"},
      {"Nov 23 00:00:00", "2025-11-23T00:00:00Z"},
  };
  for (const auto& line : kLines) {
    SCOPED_TRACE(line.stamp);
    EXPECT_EQ(Read(&reader, line.stamp), line.want);
  }
  reader.Extend(Date(2026, 11, 22));
  EXPECT_EQ(Read(&reader, "Nov 21 00:00:01"), "2026-11-21T00:00:01Z");
  reader.Extend(Date(2020, 1, 1));
  EXPECT_EQ(Read(&reader, "Nov 23 00:00:00"), "2026-11-23T00:00:00Z");
}

TEST(StampReaderTest, ALineAstrayMovesNoOther) {
  for (const char* astray : {"Feb 29 00:00:00", "May 21 00:00:00",
                             "Jan  1 00:00:00", "2037-01-01T00:00:00Z"}) {
    SCOPED_TRACE(astray);
    StampReader reader(Date(2026, 11, 21), Utc);
    EXPECT_EQ(Read(&reader, "Nov 19 23:00:00"), "2026-11-19T23:00:00Z");
    EXPECT_EQ(Read(&reader, "Nov 20 00:00:00"), "2026-11-20T00:00:00Z");
    Read(&reader, astray);
    EXPECT_EQ(Read(&reader, "Nov 20 00:00:01"), "2026-11-20T00:00:01Z");
    EXPECT_EQ(Read(&reader, "Nov 20 01:00:00"), "2026-11-20T01:00:00Z");
  }
}

TEST(StampReaderTest, ALineWithItsYearTellsThatOfTheNext) {
  StampReader reader(2020, Utc);
  EXPECT_EQ(Read(&reader, "Nov 21 00:11:23"), "2020-11-21T00:11:23Z");
  EXPECT_EQ(Read(&reader, "2026-11-21T00:11:23Z"), "2026-11-21T00:11:23Z");
  EXPECT_EQ(Read(&reader, "Nov 21 00:11:24"), "2026-11-21T00:11:24Z");
  EXPECT_EQ(Read(&reader, "Jan  1 00:11:24"), "2027-01-01T00:11:24Z");
}

// Central European time in 2026: summer from 29 March, 2:00, to 25 October,
// 3:00 of summer.
std::int64_t Berlin(std::int64_t local) {
  const auto day = [](unsigned month, unsigned date) {
    return Date(2026, month, date).time_since_epoch().count() / 1000;
  };
  const bool is_summer =
      local >= day(3, 29) + 2 * kHour && local < day(10, 25) + 3 * kHour;
  return local - (is_summer ? 2 : 1) * kHour;
}

TEST(StampReaderTest, AsksTheZoneOnceForAnHour) {
  std::vector<std::int64_t> asked;
  StampReader reader(2026, [&](std::int64_t local) {
    asked.push_back(local);
    return Berlin(local);
  });
  const struct {
    std::string stamp, want;
  } kLines[] = {
      {"Mar 29 01:59:59", "2026-03-29T00:59:59Z"},
      {"Mar 29 03:00:00", "2026-03-29T01:00:00Z"},
      {"Mar 29 03:00:00", "2026-03-29T01:00:00Z"},
      {"Mar 29 03:59:59", "2026-03-29T01:59:59Z"},
      {"Jul  1 12:00:00", "2026-07-01T10:00:00Z"},
      {"Oct 25 01:59:59", "2026-10-24T23:59:59Z"},
      {"Oct 25 02:30:00", "2026-10-25T00:30:00Z"},  // or an hour later
      {"Oct 25 02:10:00", "2026-10-25T00:10:00Z"},
      {"Oct 25 03:00:00", "2026-10-25T02:00:00Z"},
  };
  for (const auto& line : kLines) {
    SCOPED_TRACE(line.stamp);
    EXPECT_EQ(Read(&reader, line.stamp), line.want);
  }
  EXPECT_EQ(asked.size(), 6u);
}

TEST(StampReaderTest, TheZoneMayPutTheFirstLineIntoAnotherYear) {
  StampReader reader(Date(2026, 12, 31, 23), [](std::int64_t local) {
    return local - 14 * kHour;  // 2027 has begun
  });
  EXPECT_EQ(Read(&reader, "Jan  1 13:00:00"), "2026-12-31T23:00:00Z");
  StampReader earlier(Date(2026, 12, 30, 21),
                      [](std::int64_t local) { return local - 14 * kHour; });
  EXPECT_EQ(Read(&earlier, "Jan  1 10:00:00"), "2026-12-31T20:00:00Z");
}

}  // namespace
}  // namespace postbounce
