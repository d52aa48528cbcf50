// What is said of failures that were not enough yet.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "store/decide.h"
#include "tests/store/story.h"

namespace postbounce {
namespace {

// "mailbox-full 2/5 days, 3/14 long; news: probation".
std::string Show(const std::vector<Outlook>& outlooks) {
  const auto days = [](std::chrono::seconds span) {
    return std::to_string(span / std::chrono::days(1));
  };
  std::string text;
  for (const Outlook& outlook : outlooks) {
    if (!text.empty()) text += "; ";
    if (!outlook.scope.empty()) text += outlook.scope + ": ";
    if (outlook.on_probation) text += "probation";
    for (const FailureTally& tally : outlook.tallies) {
      if (!text.empty() && text.back() != ' ') text += ", ";
      text += std::string(ReasonName(tally.reason)) + " " +
              std::to_string(tally.days) + "/" +
              std::to_string(tally.days_needed) + " days, " + days(tally.span) +
              "/" + days(tally.span_needed) + " long";
    }
  }
  return text;
}

TEST(LookAheadTest, FailuresThatAreNotEnoughAreCounted) {
  const StoryCase kCases[] = {
      {"", "9", ""},
      {"1 mailbox-full", "9", "mailbox-full 1/5 days, 0/14 long"},
      {"1 mailbox-full, 4:9 expired, 4:18 mailbox-full", "9",
       "mailbox-full 2/5 days, 3/14 long"},
      {"1 mailbox-full, 200 mailbox-full", "201",
       "mailbox-full 1/5 days, 0/14 long"},
      {"1 mailbox-full", "300", ""},
      {"1 mailbox-full, 2 delivered", "3", ""},
      {"1 mailbox-full unproven", "9", ""},
      {"1 spam-rejected", "9", ""},
      {"1 mailbox-disabled, 3 mailbox-full", "9",
       "mailbox-full 1/5 days, 0/14 long, mailbox-disabled 1/2 days, 0/0 "
       "long"},
      {"1 no-such-user second-day", "9", "no-such-user 1/2 days, 0/0 long"},
      {"1 mailbox-disabled held", "9", ""},
      {"1 recipient-refused in=news", "9",
       "news: recipient-refused 1/5 days, 0/14 long"},
  };
  for (const StoryCase& row : kCases) {
    SCOPED_TRACE(row.story);
    const Story story(row.story);
    EXPECT_EQ(
        Show(LookAhead(story.history(), DefaultPolicy(), TimeOf(row.now))),
        row.want);
  }
}

TEST(LookAheadTest, ASuppressionIsFollowedByProbation) {
  const StoryCase kCases[] = {
      {"1 no-such-user", "2", "probation"},
      {"1 no-such-user", "400", "probation"},
      {"1 no-such-user, 400 delivered", "401", "probation"},
      {"1 no-such-user, 400 delivered", "406", ""},
      {"1 no-such-user, 9 remove", "10", ""},
  };
  for (const StoryCase& row : kCases) {
    SCOPED_TRACE(std::string(row.story) + " now " + row.now);
    const Story story(row.story);
    EXPECT_EQ(
        Show(LookAhead(story.history(), DefaultPolicy(), TimeOf(row.now))),
        row.want);
  }
}

}  // namespace
}  // namespace postbounce
