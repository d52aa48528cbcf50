#ifndef POSTBOUNCE_DAEMON_COUNTERS_H_
#define POSTBOUNCE_DAEMON_COUNTERS_H_

#include <array>
#include <atomic>
#include <boost/json/array.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "store/reader.h"
#include "store/witness.h"

namespace postbounce {

// What the daemon counts from its start on. A row of the table in counters.cc
// each, and of the page postbounce-query(5).
enum class Tally {
  kMails,      // by way
  kMailKinds,  // by what they are
  kReasons,    // of the recipients that they report
  kLookups,    // of Postfix, by protocol and answer
  kChecks,     // addresses asked for at the JSON sockets
  kChanges,    // of the list, by new state
  kWrites,     // by what became of them
  kCommits,    // by how long they took
  kCommitTime,
};
inline constexpr std::size_t kTallies = 9;

enum class LookupProtocol { kPolicy, kSocketmap, kTcpTable };
enum class LookupAnswer { kRefused, kPassed, kFailed };

// One thread's share of all that is counted: cells that it alone writes to cost
// it nothing. For any thread, if it is not the only one.
class alignas(64) CounterShare {
 public:
  static constexpr std::size_t kCells = 40;

  void Add(Tally what, std::size_t cell, std::uint64_t count = 1) {
    if (cell >= kCells) return;
    cells_[static_cast<std::size_t>(what)][cell].fetch_add(
        count, std::memory_order_relaxed);
  }
  void AddMail(const Mail& mail, Route route);
  void AddLookups(LookupProtocol protocol,
                  const std::array<std::uint64_t, 3>& by_answer);
  void AddChanges(std::span<const ListChange> changes);
  void AddCommit(std::chrono::nanoseconds time);

  std::uint64_t Get(Tally what, std::size_t cell) const {
    return cells_[static_cast<std::size_t>(what)][cell].load(
        std::memory_order_relaxed);
  }

 private:
  std::array<std::array<std::atomic<std::uint64_t>, kCells>, kTallies> cells_{};
};

// What became of a write; the cells of Tally::kWrites.
enum class WriteEnd { kStored, kKnown, kFailed };

// A number that others keep: how things stand now, or a counter.
struct Gauge {
  std::string_view name;
  std::string_view help;
  std::uint64_t value;
  bool is_counter = false;
};

// All of it: the sums of the shares, then the gauges. Each has "name", "type"
// (counter or gauge), "help" and "values", a list of objects with the labels
// and "value".
boost::json::array ToJson(std::span<const CounterShare* const> shares,
                          std::span<const Gauge> gauges);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_COUNTERS_H_
