#include "mime/text/string_finder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace postbounce {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

TEST(StringFinderTest, FindsStringsInsideEachOtherOnce) {
  const StringFinder finder(
      std::vector<std::string>{"he", "she", "his", "hers", "sh"});
  EXPECT_THAT(finder.Find("ushers, ushers"), UnorderedElementsAre(0, 1, 3, 4));
  EXPECT_THAT(finder.Find("hhishs"), UnorderedElementsAre(2, 4));
  EXPECT_THAT(finder.Find("h e"), IsEmpty());
  EXPECT_THAT(finder.Find(""), IsEmpty());
}

TEST(StringFinderTest, TellsWhereEachOccurrenceEndsUpToALimit) {
  const StringFinder finder(std::vector<std::string>{"he", "she", "x"});
  std::vector<std::size_t> ends;
  for (const auto& found : finder.FindAll("She, he, he", 3)) {
    ends.push_back(found.end);
  }
  EXPECT_THAT(ends, ::testing::ElementsAre(3, 3, 7));
  EXPECT_THAT(finder.FindAll("", 3), IsEmpty());
}

TEST(StringFinderTest, IgnoresTheCaseOfAsciiLettersAlone) {
  const StringFinder finder(
      std::vector<std::string>{"user\xC3\xA9", "z9", "user"});
  EXPECT_THAT(finder.Find("USER\xC3\xA9 Z9"), UnorderedElementsAre(0, 1, 2));
  EXPECT_THAT(finder.Find("USER\xC3\x89"), UnorderedElementsAre(2));
}

TEST(StringFinderTest, TakesAnyBytes) {
  const StringFinder finder(std::vector<std::string>{std::string("\0a", 2)});
  EXPECT_THAT(finder.Find(std::string("\xFF\0a\xFF", 4)),
              UnorderedElementsAre(0));
  EXPECT_THAT(StringFinder(std::vector<std::string>{}).Find("any"), IsEmpty());
}

std::string RandomText(std::mt19937* random, std::size_t size) {
  std::string text;
  while (text.size() < size) text += "abc"[(*random)() % 3];
  return text;
}

TEST(StringFinderTest, FindsWhatASearchForEachFinds) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    // Every tenth is so large that not all prefixes have a table.
    const bool large = round % 10 == 0;
    std::vector<std::string> strings;
    for (int i = 0; i < (large ? 500 : 20); ++i) {
      strings.push_back(RandomText(&random, 1 + random() % (large ? 12 : 6)));
    }
    const std::string text = RandomText(&random, random() % (large ? 400 : 40));
    SCOPED_TRACE(text);
    std::vector<int> expected;
    for (std::size_t i = 0; i < strings.size(); ++i) {
      if (text.find(strings[i]) != text.npos) {
        expected.push_back(static_cast<int>(i));
      }
    }
    EXPECT_THAT(StringFinder(strings).Find(text),
                UnorderedElementsAreArray(expected));
  }
}

}  // namespace
}  // namespace postbounce
