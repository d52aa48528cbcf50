#include "mime/text/duration.h"

#include <gtest/gtest.h>

#include <chrono>

namespace postbounce {
namespace {

using std::chrono::seconds;

TEST(DurationTest, IsAWholeNumberAndAUnit) {
  const struct {
    const char* text;
    std::optional<seconds> want;
  } kCases[] = {
      {"0d", seconds(0)},
      {"7s", seconds(7)},
      {"90m", seconds(5400)},
      {"36h", seconds(129600)},
      {"999999999d", seconds(86399999913600)},
      {"1000000000d", std::nullopt},
      {"", std::nullopt},
      {"d", std::nullopt},
      {"7", std::nullopt},
      {"7D", std::nullopt},
      {"7 d", std::nullopt},
      {"-7d", std::nullopt},
      {"7d ", std::nullopt},
      {"1d12h", std::nullopt},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.text);
    EXPECT_EQ(ParseDuration(row.text), row.want);
  }
}

TEST(DurationTest, IsWrittenInTheLargestUnitThatFits) {
  const struct {
    int seconds;
    const char* want;
  } kCases[] = {
      {0, "0d"},     {86400 * 365, "365d"}, {86400 + 3600, "25h"},
      {3660, "61m"}, {86401, "86401s"},
  };
  for (const auto& row : kCases) {
    SCOPED_TRACE(row.want);
    EXPECT_EQ(FormatDuration(seconds(row.seconds)), row.want);
    EXPECT_EQ(ParseDuration(row.want), seconds(row.seconds));
  }
}

}  // namespace
}  // namespace postbounce
