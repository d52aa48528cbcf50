// In whatever order reports come, beside the log and each other, and however
// often the store crashes: what is known in the end is the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "store/sqlite/sqlite_store.h"
#include "tests/store/permutation_world.h"

namespace postbounce {
namespace {

constexpr unsigned kWorlds = 25;  // of each test
constexpr unsigned kOrders = 10;

// Nothing has to outlive the machine, and fsync takes most of the time.
std::filesystem::path MemoryFolder() {
  const std::filesystem::path memory = "/dev/shm";
  return std::filesystem::is_directory(memory)
             ? memory
             : std::filesystem::temp_directory_path();
}

std::string Show(Timestamp time) {
  const auto since = std::chrono::floor<std::chrono::seconds>(time - Hour(0));
  return std::to_string(since.count());
}

// All that is known, in words.
std::string Describe(Store* store, const PermutationWorld& world) {
  const auto reader = store->OpenReader().value();
  ListQuery query;
  query.state = std::nullopt;
  query.now = Hour(PermutationWorld::kHours);
  std::vector<std::string> lines;
  for (const ListEntry& entry : reader->List(query).value().entries) {
    const Decision& decision = entry.decision;
    lines.push_back("list " + entry.address + " in=" + decision.scope + " " +
                    std::string(StateName(decision.state)) + " " +
                    std::string(ReasonName(decision.reason)) + " since " +
                    Show(decision.since) + " until " +
                    (decision.until ? Show(*decision.until) : "ever"));
  }
  for (const std::string& person : world.people()) {
    const auto story = reader->Status(AddressOf(person), 1000).value();
    for (const StoredEvent& stored : story.events) {
      const Event& event = stored.event;
      lines.push_back(person + " " + Show(event.time) + " " +
                      std::string(ActionName(event.action)) + " " +
                      std::string(ReasonName(event.reason)) + " " +
                      std::string(StandingName(event.standing)) +
                      (event.after_acceptance ? " after-acceptance" : ""));
    }
  }
  const Totals totals = reader->Count().value();
  lines.push_back("events " + std::to_string(totals.events) + " witnesses " +
                  std::to_string(totals.witnesses) + " unproven " +
                  std::to_string(totals.unproven));
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// One order of all writes, in groups, with crashes between them: what a group
// has stored may be applied again, since nobody knows whether it was.
class Course {
 public:
  Course(const PermutationWorld& world, unsigned seed)
      : world_(world), dice_(seed) {}

  std::string Result() {
    Reopen();
    std::vector<Write> writes = InSomeOrder();
    for (std::size_t i = 0; i < writes.size();) {
      const std::size_t size = std::min(1 + dice_.Below(6), writes.size() - i);
      const std::span<const Write> group(&writes[i], size);
      Apply(group);
      i += size;
      if (!dice_.OneIn(12)) continue;
      Reopen();
      if (dice_.OneIn(2)) Apply(group);
    }
    const std::vector<Write> end(3, PassTime());
    Apply(end);
    return Describe(store_.get(), world_);
  }

 private:
  void Reopen() {
    store_.reset();
    store_ = OpenSqliteStore({folder_ / "store.db", "secret", {}}).value();
    store_->Use(std::make_shared<SitePolicy>(PermutationWorld::Policy()));
  }

  void Apply(std::span<const Write> group) {
    const auto outcomes =
        store_->Apply(group, Hour(PermutationWorld::kHours)).value();
    for (const auto& outcome : outcomes) EXPECT_TRUE(outcome);
  }

  // Reports at any places between the batches of the log.
  std::vector<Write> InSomeOrder() {
    std::vector<Write> writes = world_.CutLog(&dice_);
    std::vector<std::size_t> places(world_.mails().size());
    for (std::size_t& place : places) place = dice_.Below(writes.size() + 1);
    std::sort(places.begin(), places.end(), std::greater<>());
    std::vector<Mail> mails = world_.mails();
    dice_.Shuffle(&mails);
    for (std::size_t i = 0; i < mails.size(); ++i) {
      writes.insert(writes.begin() + static_cast<std::ptrdiff_t>(places[i]),
                    mails[i]);
    }
    return writes;
  }

  const PermutationWorld& world_;
  Dice dice_;
  TempDir folder_{MemoryFolder()};
  std::unique_ptr<Store> store_;
};

class PermutationTest : public testing::TestWithParam<unsigned> {};

TEST_P(PermutationTest, WhatIsKnownInTheEndDoesNotDependOnTheOrder) {
  for (unsigned i = 0; i < kWorlds; ++i) {
    const unsigned seed = GetParam() * kWorlds + i;
    const PermutationWorld world(seed);
    std::string first;
    for (unsigned order = 0; order < kOrders; ++order) {
      SCOPED_TRACE("world " + std::to_string(seed) + ", order " +
                   std::to_string(order));
      const std::string result = Course(world, 1000 * seed + order).Result();
      if (order == 0) first = result;
      ASSERT_EQ(result, first);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, PermutationTest, testing::Range(0u, 4u));

}  // namespace
}  // namespace postbounce
