#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "tests/store/store_contract.h"

namespace postbounce {
namespace {

// What a list says of an address, without the ids that depend on the order.
using Line = std::tuple<std::string, ListState, Reason, Timestamp>;

// Few addresses, messages, hosts and days, so that everything collides.
Mail RandomMail(std::mt19937* random, int number) {
  const auto pick = [&](int count) {
    return static_cast<int>((*random)() % static_cast<unsigned>(count));
  };
  const auto name = [](const char* prefix, int n) {
    return n == 0 ? std::string() : prefix + std::to_string(n);
  };
  constexpr Action kActions[] = {Action::kFailed, Action::kFailed,
                                 Action::kDelayed, Action::kDelivered};
  constexpr Reason kReasons[] = {Reason::kNoSuchUser, Reason::kMailboxDisabled,
                                 Reason::kMailboxFull, Reason::kSpamRejected,
                                 Reason::kComplaint};
  std::vector<Witness> witnesses;
  for (int i = pick(4); i >= 0; --i) {
    const int address = pick(8);
    witnesses.push_back(WitnessOf(name("u", address + 1) + "@x.test",
                                  kActions[pick(4)], kReasons[pick(5)]));
    if (witnesses.back().evidence.action != Action::kFailed) {
      witnesses.back().verdict.reason_class = ReasonClass::kSoft;
    }
  }
  Mail mail = ReportOf(std::to_string(number), witnesses, pick(120));
  mail.facts.reporting_mta = name("mx", pick(3)) + ".test";
  mail.facts.queue_id = name("Q", pick(6));
  mail.facts.original_message_id = name("M", pick(6));
  mail.facts.envelope_id = name("E", pick(4));
  if (pick(2) == 0) mail.facts.arrival_date = Hour(pick(5) * 24);
  return mail;
}

std::vector<Line> ListOf(Reader* reader) {
  std::vector<Line> lines;
  const ListPage page = reader->List(ListQuery()).value();
  for (const ListEntry& entry : page.entries) {
    lines.emplace_back(entry.address, entry.decision.state,
                       entry.decision.reason, entry.decision.since);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST_P(StoreContract, TheListDoesNotDependOnOrderDuplicatesOrGroups) {
  for (const unsigned seed : {1u, 2u, 3u, 4u, 5u, 6u}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::vector<Mail> mails;
    for (int i = 0; i < 60; ++i) mails.push_back(RandomMail(&random, i));

    std::vector<Line> want;
    Totals want_totals;
    for (int round = 0; round < 4; ++round) {
      SCOPED_TRACE(round);
      const auto backend = GetParam()();
      const auto store = backend->Open().value();
      const auto reader = store->OpenReader().value();
      store->Use(PolicyWithoutProof());
      // What a feed of the changes alone would make of the list.
      std::map<Key128, ListState> index;
      std::size_t next = 0;
      while (next < mails.size()) {
        std::vector<Write> group;
        const std::size_t size = 1 + random() % 9;
        for (; next < mails.size() && group.size() < size; ++next) {
          group.push_back(mails[next]);
          if (random() % 3 == 0) group.push_back(mails[random() % (next + 1)]);
        }
        for (const auto& outcome : store->Apply(group, Hour(1000)).value()) {
          for (const ListChange& change : outcome.value().changes) {
            index[change.key] = change.state;
          }
        }
      }
      if (round == 0) {
        want = ListOf(reader.get());
        want_totals = reader->Count().value();
        EXPECT_FALSE(want.empty());
        EXPECT_LT(want_totals.events, want_totals.witnesses);
      }
      EXPECT_EQ(ListOf(reader.get()), want);
      EXPECT_EQ(reader->Count().value().events, want_totals.events);
      EXPECT_EQ(reader->Count().value().witnesses, want_totals.witnesses);
      for (const Line& line : want) {
        const Key128 key = reader->keys().KeyOf(AddressOf(std::get<0>(line)));
        EXPECT_EQ(index[key], ListState::kActive);
      }
      EXPECT_EQ(std::count_if(index.begin(), index.end(),
                              [](const auto& entry) {
                                return entry.second == ListState::kActive;
                              }),
                static_cast<std::ptrdiff_t>(want.size()));
      std::shuffle(mails.begin(), mails.end(), random);
    }
  }
}

}  // namespace
}  // namespace postbounce
