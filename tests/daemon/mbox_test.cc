#include "daemon/cli/mbox.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace postbounce {
namespace {

struct Given {
  std::uint64_t number;
  bool only;
  bool cut;
  std::string bytes;

  bool operator==(const Given&) const = default;
};

// What comes out if `text` goes in by pieces of `step` bytes.
std::vector<Given> Split(std::string_view text, std::size_t step = 1u << 20,
                         std::size_t max_size = 1u << 20) {
  std::vector<Given> all;
  MboxReader reader(max_size, [&](const MboxMessage& message) {
    all.push_back({message.number, message.only, message.cut,
                   std::string(message.bytes)});
  });
  for (std::size_t at = 0; at < text.size(); at += step) {
    reader.Feed(text.substr(at, step));
  }
  reader.Finish();
  return all;
}

constexpr std::string_view kFirst =
    "From a@example.org Sat Jan  3 01:05:34 2026\n"
    "Subject: one\n\nHello\n\n";
constexpr std::string_view kSecond =
    "From \"b c\"@example.org  Sun Feb 15 23:59:01 2026 +0100\n"
    "Subject: two\n\nBye\n";

TEST(MboxTest, KnowsASeparatorByItsDate) {
  for (std::string_view line :
       {"From MAILER-DAEMON Thu Jan 01 00:00:00 2026",
        "From - Sat Jan  3 01:05:34 2026", "From a@b.test Fri Dec 31 23:59 99",
        "From a@b.test Fri Dec 31 23:59:59 MET 1999 remote from c\r\n",
        "From Mon Tue Dec 31 23:59:59 2026",
        "From Sat@b.test Sat Jan 3 01:05:34 2026"}) {
    SCOPED_TRACE(line);
    EXPECT_TRUE(IsMboxSeparator(line));
  }
  for (std::string_view line :
       {"", "From ", "From Monday on we are closed", "From: a@b.test",
        ">From a@b.test Sat Jan  3 01:05:34 2026", "From a@b.test Sat Jan 3",
        "From a@b.test Sat Jan 32 01:05:34 2026",
        "from a@b.test Sat Jan  3 01:05:34 2026",
        "From a@b.test Sat Jan 3 1:2:3:4 2026"}) {
    SCOPED_TRACE(line);
    EXPECT_FALSE(IsMboxSeparator(line));
  }
}

TEST(MboxTest, GivesEachMessageHoweverTheBytesArrive) {
  const std::string text = std::string(kFirst) + std::string(kSecond);
  const std::vector<Given> want = {{1, false, false, std::string(kFirst)},
                                   {2, false, false, std::string(kSecond)}};
  for (std::size_t step : {1u, 2u, 3u, 7u, 50u, 1000u}) {
    SCOPED_TRACE(step);
    EXPECT_EQ(Split(text, step), want);
  }
}

TEST(MboxTest, LeavesALoneMessageAsItIs) {
  const std::string text = std::string(kFirst) + ">From afar\n";
  EXPECT_EQ(Split(text), (std::vector<Given>{{1, true, false, text}}));
  EXPECT_EQ(Split(""), std::vector<Given>{});
}

TEST(MboxTest, TakesOneQuoteOffWhereThereAreSeveral) {
  const auto all =
      Split(std::string(kFirst) + ">From afar\n>>From X\n> From\n\n" +
            std::string(kSecond) + ">From");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].bytes,
            std::string(kFirst) + "From afar\n>From X\n> From\n\n");
  EXPECT_EQ(all[1].bytes, std::string(kSecond) + ">From");
}

TEST(MboxTest, WantsAnEmptyLineBeforeASeparator) {
  EXPECT_EQ(Split("Quoted:\n" + std::string(kFirst)).size(), 1u);
  std::string crlf;
  for (char c : std::string(kFirst) + std::string(kSecond)) {
    crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  }
  EXPECT_EQ(Split(crlf).size(), 2u);
}

TEST(MboxTest, KeepsNoMoreThanItMay) {
  const auto all = Split(std::string(kFirst) + std::string(3000, 'x') + "\n\n" +
                             std::string(kSecond),
                         10, 100);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(all[0].cut);
  EXPECT_EQ(all[0].bytes.size(), 100u);
  EXPECT_FALSE(all[1].cut);
}

}  // namespace
}  // namespace postbounce
