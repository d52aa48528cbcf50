#include "daemon/counters.h"

#include <boost/json/object.hpp>

#include "classifier/reason.h"

namespace postbounce {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

// Each with the names of its labels, and their values by cell.
using Labels = std::array<std::string_view, 2>;
struct Row {
  std::string_view name;
  std::string_view help;
  Labels labels;
  std::size_t cells;
  Labels (*values)(std::size_t cell);
};

constexpr std::string_view kWays[] = {"unix", "inet", "milter"};
constexpr std::string_view kKinds[] = {"other", "report", "complaint",
                                       "auto-reply"};
constexpr std::string_view kProtocols[] = {"policy", "socketmap", "tcp_table"};
constexpr std::string_view kAnswers[] = {"refused", "passed", "failed"};
constexpr std::string_view kEnds[] = {"stored", "known", "failed"};
constexpr std::size_t kAnswerCount = std::size(kAnswers);

struct Bucket {
  milliseconds below;
  std::string_view name;
};
constexpr Bucket kBuckets[] = {
    {milliseconds(1), "1ms"},      {milliseconds(10), "10ms"},
    {milliseconds(100), "100ms"},  {milliseconds(1000), "1s"},
    {milliseconds(10'000), "10s"}, {milliseconds::max(), "more"},
};

// In the order of Tally.
constexpr Row kRows[] = {
    {"mails",
     "Mails that came in, by socket.",
     {"way", ""},
     std::size(kWays),
     [](std::size_t i) {
       return Labels{kWays[i], ""};
     }},
    {"mail_kinds",
     "The same, by what they are.",
     {"kind", ""},
     std::size(kKinds),
     [](std::size_t i) {
       return Labels{kKinds[i], ""};
     }},
    {"reasons",
     "Recipients that these report, by reason.",
     {"reason", ""},
     static_cast<std::size_t>(Reason::kAlreadySuppressed) + 1,
     [](std::size_t i) {
       return Labels{ReasonName(static_cast<Reason>(i)), ""};
     }},
    {"lookups",
     "What Postfix asked, and was told.",
     {"protocol", "answer"},
     std::size(kProtocols) * kAnswerCount,
     [](std::size_t i) {
       return Labels{kProtocols[i / kAnswerCount], kAnswers[i % kAnswerCount]};
     }},
    {"checks",
     "Addresses that were asked for at the JSON sockets.",
     {"", ""},
     1,
     [](std::size_t) {
       return Labels{"", ""};
     }},
    {"list_changes",
     "Places of the list, by the state that they came to.",
     {"state", ""},
     static_cast<std::size_t>(ListState::kRemoved) + 1,
     [](std::size_t i) {
       return Labels{StateName(static_cast<ListState>(i)), ""};
     }},
    {"writes",
     "What was to be stored, by what became of it.",
     {"end", ""},
     std::size(kEnds),
     [](std::size_t i) {
       return Labels{kEnds[i], ""};
     }},
    {"commits",
     "Transactions, by the time below which each took.",
     {"below", ""},
     std::size(kBuckets),
     [](std::size_t i) {
       return Labels{kBuckets[i].name, ""};
     }},
    {"commit_microseconds",
     "The time that they all took.",
     {"", ""},
     1,
     [](std::size_t) {
       return Labels{"", ""};
     }},
};
static_assert(std::size(kRows) == kTallies);

json::object Head(std::string_view name, std::string_view type,
                  std::string_view help) {
  json::object head;
  head["name"] = name;
  head["type"] = type;
  head["help"] = help;
  return head;
}

json::object ValueOf(const Row& row, std::size_t cell, std::uint64_t value) {
  json::object to;
  const Labels values = row.values(cell);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!row.labels[i].empty()) to[row.labels[i]] = values[i];
  }
  to["value"] = value;
  return to;
}

}  // namespace

void CounterShare::AddMail(const Mail& mail, Route route) {
  Add(Tally::kMails, static_cast<std::size_t>(route) - 1);
  Add(Tally::kMailKinds, static_cast<std::size_t>(mail.kind));
  for (const Witness& witness : mail.witnesses) {
    Add(Tally::kReasons, static_cast<std::size_t>(witness.verdict.reason));
  }
}

void CounterShare::AddLookups(LookupProtocol protocol,
                              const std::array<std::uint64_t, 3>& by_answer) {
  const std::size_t first = static_cast<std::size_t>(protocol) * kAnswerCount;
  for (std::size_t i = 0; i < by_answer.size(); ++i) {
    if (by_answer[i] > 0) Add(Tally::kLookups, first + i, by_answer[i]);
  }
}

void CounterShare::AddChanges(std::span<const ListChange> changes) {
  for (const ListChange& change : changes) {
    Add(Tally::kChanges, static_cast<std::size_t>(change.state));
  }
}

void CounterShare::AddCommit(std::chrono::nanoseconds time) {
  std::size_t bucket = 0;
  while (time >= kBuckets[bucket].below && bucket + 1 < std::size(kBuckets)) {
    ++bucket;
  }
  Add(Tally::kCommits, bucket);
  Add(Tally::kCommitTime, 0,
      static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::microseconds>(time).count()));
}

json::array ToJson(std::span<const CounterShare* const> shares,
                   std::span<const Gauge> gauges) {
  json::array all;
  for (std::size_t what = 0; what < kTallies; ++what) {
    const Row& row = kRows[what];
    json::array values;
    for (std::size_t cell = 0; cell < row.cells; ++cell) {
      std::uint64_t sum = 0;
      for (const CounterShare* share : shares) {
        sum += share->Get(static_cast<Tally>(what), cell);
      }
      values.push_back(ValueOf(row, cell, sum));
    }
    json::object one = Head(row.name, "counter", row.help);
    one["values"] = std::move(values);
    all.push_back(std::move(one));
  }
  for (const Gauge& gauge : gauges) {
    json::object one =
        Head(gauge.name, gauge.is_counter ? "counter" : "gauge", gauge.help);
    one["values"] = json::array{json::object{{"value", gauge.value}}};
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace postbounce
