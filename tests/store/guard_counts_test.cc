#include "store/guard_counts.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tests/store/samples.h"

namespace postbounce {
namespace {

using Row = HourCounts::Row;

GuardedOutcome Failure(int hour, std::string_view domain) {
  GuardedOutcome outcome;
  outcome.time = Hour(hour);
  outcome.failed = true;
  outcome.domain = domain;
  return outcome;
}

std::uint64_t FailedIn(const GuardCounts& counts, GuardKind kind,
                       std::string_view name, HourRange hours) {
  std::uint64_t failed = 0;
  counts.ForEach(kind, name, hours,
                 [&failed](const Row& row) { failed += row.failed; });
  return failed;
}

HourRange Days(int from, int to) {
  return {HourOf(Hour(24 * from)), HourOf(Hour(24 * to))};
}

TEST(HourCountsTest, AreSortedWhateverCameFirst) {
  HourCounts counts;
  counts.Add(9, 1, true);
  counts.Add(7, 3, false);
  counts.Add(9, 0, true);
  counts.Add(9, 1, true);
  counts.Add(9, 1, false);
  counts.Add(12, 0, false);
  const auto rows = counts.Between(7, 12);
  EXPECT_EQ(std::vector<Row>(rows.begin(), rows.end()),
            (std::vector<Row>{{7, 3, 0, 1}, {9, 0, 1, 0}, {9, 1, 2, 1}}));
  EXPECT_EQ(counts.Between(8, 9).size(), 0u);
  EXPECT_EQ(counts.Between(12, 13).size(), 1u);
}

TEST(HourCountsTest, AreStoredAndReadAgain) {
  HourCounts counts;
  EXPECT_EQ(HourCounts::Decode("").value(), counts);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    counts.Add(493000 + i * i % 120, static_cast<std::uint8_t>(i % 8),
               i % 3 == 0);
  }
  EXPECT_EQ(HourCounts::Decode(counts.Encode()).value(), counts);
}

TEST(HourCountsTest, DamagedOnesAreRefused) {
  for (const std::string& bytes : {
           std::string("\x05"),                               // cut off
           std::string("\x05\x01\x01"),                       // likewise
           std::string("\x05\x08\x01\x01"),                   // no such part
           std::string("\x05\x01\x01\x01\0\x01\x01\x01", 8),  // twice
           std::string("\x05\x01\x01\x01\0\0\x01\x01", 8),    // not sorted
           "\x81\x80\x80\x80\x10" + std::string("\x01\x01\x01"),  // too late
           std::string("\x05\x01") + "\x80\x80\x80\x80\x10\x01",  // too many
           std::string("\x05\x01\x01") + "\x80\x80\x80\x80\x10",  // likewise
       }) {
    SCOPED_TRACE(::testing::PrintToString(bytes));
    const auto counts = HourCounts::Decode(bytes);
    ASSERT_FALSE(counts.has_value());
    EXPECT_EQ(counts.error().code(), ErrorCode::kCorrupt);
  }
}

TEST(GuardCountsTest, AnOutcomeCountsForEachOfItsSubjects) {
  struct Case {
    std::string_view why;
    bool failed, without_server;
    std::string_view operator_domain, next_hop;
    std::vector<GuardKind> want;
  };
  using enum GuardKind;
  for (const Case& row : {
           Case{"failure",
                true,
                false,
                "host.test",
                "mx.host.test",
                {kSite, kOperator, kNextHop, kDomain}},
           Case{"delivery",
                false,
                false,
                "host.test",
                "mx.host.test",
                {kSite, kResolver, kOperator, kNextHop, kDomain}},
           Case{"no server asked",
                true,
                true,
                "",
                "",
                {kSite, kResolver, kDomain}},
           Case{"from a bounce", true, false, "", "", {kSite, kDomain}},
       }) {
    SCOPED_TRACE(row.why);
    GuardedOutcome outcome = Failure(0, "a.test");
    outcome.failed = row.failed;
    outcome.without_server = row.without_server;
    outcome.operator_domain = row.operator_domain;
    outcome.next_hop = row.next_hop;
    std::vector<GuardKind> kinds;
    for (const GuardedSubject& subject : SubjectsOf(outcome)) {
      kinds.push_back(subject.kind);
    }
    EXPECT_EQ(kinds, row.want);
  }
}

TEST(GuardCountsTest, ASubjectIsCountedAcrossPieces) {
  GuardCounts counts;
  for (int day = 0; day < 40; ++day) {
    counts.Count(Failure(24 * day, "a.test"));
  }
  EXPECT_EQ(FailedIn(counts, GuardKind::kDomain, "a.test", Days(0, 40)), 40u);
  EXPECT_EQ(FailedIn(counts, GuardKind::kDomain, "a.test", Days(3, 29)), 26u);
  EXPECT_EQ(FailedIn(counts, GuardKind::kSite, "", Days(39, 99)), 1u);
  EXPECT_EQ(FailedIn(counts, GuardKind::kDomain, "b.test", Days(0, 40)), 0u);
  EXPECT_EQ(FailedIn(counts, GuardKind::kDomain, "a.test", Days(5, 5)), 0u);
}

TEST(GuardCountsTest, WhatIsStoredIsLoadedAgainBeforeItIsNeeded) {
  GuardCounts before;
  for (int day = 0; day < 20; ++day) {
    before.Count(Failure(24 * day, "a.test"));
  }
  const std::vector<GuardPiece> stored = before.TakeChanged();
  EXPECT_EQ(before.TakeChanged().size(), 0u);

  GuardCounts after;
  const GuardedOutcome failure = Failure(24 * 20, "a.test");
  std::size_t loaded = 0;
  for (const GuardKey& key : after.Missing(failure)) {
    GuardPiece piece{key, ""};
    for (const GuardPiece& one : stored) {
      if (one.key == key) piece = one;
    }
    if (!piece.bytes.empty()) ++loaded;
    ASSERT_TRUE(after.Load(piece));
  }
  EXPECT_EQ(loaded, stored.size());
  EXPECT_EQ(after.Missing(failure), std::vector<GuardKey>());
  EXPECT_EQ(after.TakeChanged().size(), 0u);
  after.Count(failure);
  EXPECT_EQ(FailedIn(after, GuardKind::kDomain, "a.test", Days(0, 40)), 21u);
  EXPECT_EQ(after.TakeChanged().size(), 2u);
}

TEST(GuardCountsTest, ADeliveryNeedsOnlyItsOwnTime) {
  GuardedOutcome delivery = Failure(24 * 20, "a.test");
  delivery.failed = false;
  EXPECT_EQ(GuardCounts().Missing(delivery).size(), 3u);
}

TEST(GuardCountsTest, AnAlarmNeedsItsSubjectAndTheSite) {
  GuardCounts counts;
  const Alarm alarm = MakeAlarm({GuardKind::kDomain, "a.test"}, Hour(480), {});
  const std::vector<GuardKey> keys = counts.Missing(alarm);
  for (const GuardKey& key : keys) ASSERT_TRUE(counts.Load({key, ""}));
  EXPECT_EQ(counts.Missing(alarm).size(), 0u);
  // 38 days in pieces of a week, of two subjects.
  EXPECT_GE(keys.size(), 12u);
  EXPECT_LE(keys.size(), 14u);
}

TEST(GuardCountsTest, ADamagedPieceIsRefused) {
  GuardCounts counts;
  const auto loaded = counts.Load({{{GuardKind::kSite, ""}, 7}, "\x05"});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code(), ErrorCode::kCorrupt);
}

TEST(GuardCountsTest, WhatWasNeededLongAgoIsForgotten) {
  GuardCounts counts;
  const auto name = [](std::size_t i) { return std::to_string(i) + ".test"; };
  for (std::size_t i = 0; i < GuardCounts::kPieces; ++i) {
    counts.Count(Failure(0, name(i)));
  }
  // Nothing is lost that was not handed out.
  EXPECT_EQ(FailedIn(counts, GuardKind::kDomain, name(0), Days(0, 1)), 1u);
  EXPECT_EQ(counts.TakeChanged().size(), GuardCounts::kPieces + 1);
  EXPECT_EQ(FailedIn(counts, GuardKind::kDomain, name(0), Days(0, 1)), 0u);
  const std::size_t newest = GuardCounts::kPieces - 1;
  EXPECT_EQ(FailedIn(counts, GuardKind::kDomain, name(newest), Days(0, 1)), 1u);
  EXPECT_EQ(FailedIn(counts, GuardKind::kSite, "", Days(0, 1)),
            GuardCounts::kPieces);
}

TEST(GuardCountsTest, TimesBefore1970AreNoOthers) {
  EXPECT_EQ(HourOf(Timestamp(std::chrono::hours(-5))), 0u);
  EXPECT_EQ(HourOf(Timestamp(std::chrono::minutes(119))), 1u);
  EXPECT_EQ(BeginOf(1), Timestamp(std::chrono::hours(1)));
}

}  // namespace
}  // namespace postbounce
