// Every history of a log, with the follower away at any time of it, gives
// every line once.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/daemon/logs/log_world.h"

namespace postbounce {
namespace {

using std::chrono::milliseconds;

// A follower that may be killed and started again.
class Follower {
 public:
  explicit Follower(std::string pattern) : pattern_(std::move(pattern)) {
    All();
  }

  // One chunk, which is committed together with the position.
  bool One() {
    if (!source_) {
      FileSource::Options options;
      options.patterns = {pattern_};
      options.position = position_;
      source_ = std::make_unique<FileSource>(std::move(options));
    }
    const auto chunk = source_->Next(milliseconds(0));
    if (!chunk) {
      ADD_FAILURE() << chunk.error().ToString();
      return false;
    }
    for (const auto& line : chunk->lines) lines_.emplace_back(line.text);
    gaps_ += chunk->gaps;
    position_ = source_->Position();
    return !chunk->is_end;
  }
  void All() {
    while (One()) {
    }
  }
  void Kill() { source_.reset(); }

  const std::vector<std::string>& lines() const { return lines_; }
  std::uint64_t gaps() const { return gaps_; }
  const std::string& position() const { return position_; }

 private:
  const std::string pattern_;
  std::unique_ptr<FileSource> source_;
  std::string position_;
  std::vector<std::string> lines_;
  std::uint64_t gaps_ = 0;
};

void ExpectAllOnce(const LogWorld& world, const Follower& follower,
                   bool in_order) {
  std::vector<std::string> expected = world.written();
  std::vector<std::string> given = follower.lines();
  // What was lost may have been read before.
  bool lost = false;
  std::erase_if(expected, [&](const std::string& line) {
    const bool is_lost =
        world.lost().count(line) != 0 &&
        std::find(given.begin(), given.end(), line) == given.end();
    lost |= is_lost;
    return is_lost;
  });
  if (!in_order) {
    std::sort(expected.begin(), expected.end());
    std::sort(given.begin(), given.end());
  }
  for (auto* lines : {&expected, &given}) {
    for (std::string& line : *lines)
      line.resize(std::min<std::size_t>(line.size(), 20));
  }
  EXPECT_EQ(given, expected) << follower.position();
  if (lost) {
    EXPECT_GT(follower.gaps(), 0u);
  }
}

bool CanLose(std::string_view history) {
  return history.find_first_of("cl") != std::string_view::npos;
}

// Of the histories that matter, each by itself and in a row.
const std::string kHistories[] = {
    "w",          "wwrw",      "wnw",     "rw",     "wrzw",       "wrwrwrw",
    "wrwrzwrzww", "wnwnwzwnw", "wrowrow", "wrrw",   "rrwrrw",     "pqw",
    "wpqwpqrw",   "wprw",      "prw",     "wprzw",  "wdwdw",      "wdwdzwrw",
    "WrWw",       "WwrzWwrzw", "wcw",     "wccw",   "wcwczw",     "ccwcw",
    "wczwczw",    "WcWcw",     "wlw",     "wlwlzw", "wrwcwrwzcw", "pcw",
    "wpcw",
};

TEST(FileHistoryTest, GivesEveryLineOnceWhileItWatches) {
  for (const std::string& history : kHistories) {
    SCOPED_TRACE(history);
    LogWorld world;
    Follower follower(world.path());
    for (const char step : history) {
      world.Step(step);
      follower.All();
    }
    ExpectAllOnce(world, follower, true);
    if (!CanLose(history)) {
      EXPECT_EQ(follower.gaps(), 0u);
    }
  }
}

TEST(FileHistoryTest, GivesEveryLineOnceAfterBeingAwayForAnyPartOfIt) {
  for (const std::string& history : kHistories) {
    for (std::size_t from = 0; from <= history.size(); ++from) {
      for (std::size_t to = from; to <= history.size(); ++to) {
        SCOPED_TRACE(history.substr(0, from) + "[" +
                     history.substr(from, to - from) + "]" +
                     history.substr(to));
        LogWorld world;
        world.Step('t');
        Follower follower(world.path());
        for (std::size_t i = 0; i < history.size(); ++i) {
          world.Step(history[i]);
          if (i >= from && i < to)
            follower.Kill();
          else
            follower.All();
        }
        follower.All();
        ExpectAllOnce(world, follower, history.find('o') == std::string::npos);
        if (!CanLose(history)) {
          EXPECT_EQ(follower.gaps(), 0u);
        }
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

// Killed between any two chunks, at random, and slow at times.
TEST(FileHistoryTest, GivesEveryLineOnceWhenKilledAtRandom) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    std::mt19937 random(seed);
    std::string history;
    for (int i = 0; i < 12; ++i) history += "wwwwWrrnzdc"[random() % 11];
    history += 'w';
    SCOPED_TRACE(history + " seed " + std::to_string(seed));
    LogWorld world;
    if (random() % 2 == 0) world.Step('t');
    Follower follower(world.path());
    for (const char step : history) {
      world.Step(step);
      for (int i = static_cast<int>(random() % 4); i > 0; --i) follower.One();
      if (random() % 3 == 0) follower.Kill();
    }
    while (follower.One()) {
      if (random() % 3 == 0) follower.Kill();
    }
    ExpectAllOnce(world, follower, true);
    if (!CanLose(history)) {
      EXPECT_EQ(follower.gaps(), 0u);
    }
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace postbounce
