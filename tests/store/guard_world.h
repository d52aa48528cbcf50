#ifndef POSTBOUNCE_TESTS_STORE_GUARD_WORLD_H_
#define POSTBOUNCE_TESTS_STORE_GUARD_WORLD_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/guard.h"
#include "tests/store/samples.h"

namespace postbounce {

// A domain that mail is sent to, and who takes it there.
struct Place {
  std::string domain;
  std::string operator_domain;
  std::string next_hop;
};

// One message to one person, and what became of it.
struct Sent {
  enum class Fate { kAccepted, kDead, kFalse };  // kFalse: said to be dead
  Timestamp time{};
  std::size_t place = 0;
  std::uint32_t person = 0;
  Fate fate = Fate::kAccepted;
  bool without_server = false;
  std::chrono::minutes lag{0};  // from when on its log is read
};

// A site that writes to many places, with the guard over it. The same seed
// gives the same mail.
class World {
 public:
  explicit World(std::uint32_t seed = 1) : random_(seed) {}

  // Domains 0 to `count` - 1, a few at each operator, behind 0 "gmail.com",
  // with 40 others at its operator.
  void MakePlaces(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(i < 41 ? 0 : 41 + i % 120);
      places.push_back(
          {i == 0 ? "gmail.com" : "d" + std::to_string(i) + ".test",
           "host" + number + ".test", "mx.host" + number + ".test"});
    }
  }

  bool Chance(std::uint32_t percent) { return random_() % 100 < percent; }
  // Small numbers are frequent: some domains have most of the people.
  std::size_t AnyPlace() {
    const auto count = static_cast<std::uint32_t>(places.size());
    return random_() % (random_() % count + 1) % (random_() % count + 1);
  }

  // `count` messages to new people, evenly from `begin` on, of whom `dead`
  // percent are no more.
  void Write(Timestamp begin, std::chrono::minutes length, std::uint32_t count,
             std::uint32_t dead) {
    for (std::uint32_t i = 0; i < count; ++i) {
      Sent sent;
      sent.time = begin + length * i / count;
      sent.place = AnyPlace();
      sent.person = next_person_++;
      sent.fate = Chance(dead) ? Sent::Fate::kDead : Sent::Fate::kAccepted;
      mail.push_back(sent);
    }
  }

  // All mail so far comes to be known.
  void Run() {
    std::stable_sort(mail.begin(), mail.end(),
                     [](const Sent& a, const Sent& b) {
                       return a.time + a.lag < b.time + b.lag;
                     });
    for (const Sent& sent : mail) {
      if (const std::uint32_t hour = HourOf(sent.time + sent.lag);
          hour != hour_) {
        hour_ = hour;
        EndAlarms(BeginOf(hour));
      }
      Take(sent);
    }
    mail.clear();
  }

  void EndAlarms(Timestamp now) {
    for (Alarm& alarm : alarms) {
      alarm.until = EndOf(counts, alarm, alarms, policy, now);
    }
  }

  bool IsDoubted(const Sent& sent) const {
    return DoubtOf(alarms, OutcomeOf(sent)) != Doubt::kNone;
  }
  // How many failures of this fate there were, or the alarms make this of.
  std::size_t CountOf(Sent::Fate fate) const {
    return static_cast<std::size_t>(
        std::count_if(failures.begin(), failures.end(),
                      [fate](const Sent& sent) { return sent.fate == fate; }));
  }
  std::size_t CountOf(Sent::Fate fate, Doubt doubt) const {
    return static_cast<std::size_t>(std::count_if(
        failures.begin(), failures.end(),
        [this, fate, doubt](const Sent& sent) {
          return sent.fate == fate && DoubtOf(alarms, OutcomeOf(sent)) == doubt;
        }));
  }

  AlarmFacts FactsOf(const Alarm& alarm) const {
    using Person = std::pair<std::size_t, std::uint32_t>;
    std::set<Person> suppressed;
    std::map<Person, Timestamp> held;
    for (const Sent& sent : failures) {
      const Person person(sent.place, sent.person);
      const GuardedOutcome outcome = OutcomeOf(sent);
      if (DoubtOf(alarms, outcome) == Doubt::kNone) suppressed.insert(person);
      if (Covers(alarm, outcome)) held[person] = sent.time;
    }
    std::erase_if(held, [&suppressed](const auto& entry) {
      return suppressed.contains(entry.first);
    });
    AlarmFacts facts;
    facts.held = held.size();
    for (const Sent& sent : accepted) {
      const auto found = held.find({sent.place, sent.person});
      if (found == held.end() || sent.time < found->second) continue;
      held.erase(found);
      ++facts.accepted;
    }
    for (const Sent& sent : failures) {
      if (sent.time < alarm.until) continue;
      facts.failed_again += held.erase({sent.place, sent.person});
    }
    return facts;
  }

  void ResolveAlarms(Timestamp now) {
    EndAlarms(now);
    for (Alarm& alarm : alarms) {
      alarm.state = Resolve(alarm, FactsOf(alarm), policy, now);
    }
  }

  std::vector<Place> places;
  std::vector<Sent> mail;
  GuardPolicy policy;
  GuardCounts counts;
  std::vector<Alarm> alarms;
  std::vector<Sent> failures;
  std::vector<Sent> accepted;  // of those who failed before

 private:
  GuardedOutcome OutcomeOf(const Sent& sent) const {
    const Place& place = places[sent.place];
    GuardedOutcome outcome;
    outcome.time = sent.time;
    outcome.failed = sent.fate != Sent::Fate::kAccepted;
    outcome.without_server = sent.without_server;
    outcome.domain = place.domain;
    if (!sent.without_server) {
      outcome.operator_domain = place.operator_domain;
      outcome.next_hop = place.next_hop;
    }
    return outcome;
  }

  void Take(const Sent& sent) {
    const GuardedOutcome outcome = OutcomeOf(sent);
    counts.Count(outcome);
    if (!outcome.failed) {
      if (sent.person < kFresh) accepted.push_back(sent);
      return;
    }
    failures.push_back(sent);
    if (auto alarm = Rising(counts, outcome, alarms, policy)) {
      alarms.push_back(*std::move(alarm));
    }
  }

  // People below have numbers of their own, and are written to several times.
  static constexpr std::uint32_t kFresh = 1000000;

  std::mt19937 random_;
  std::uint32_t next_person_ = kFresh;
  std::uint32_t hour_ = 0;
};

inline std::vector<std::string> SubjectsOfAlarms(const World& world) {
  std::vector<std::string> names;
  for (const Alarm& alarm : world.alarms) {
    names.push_back(alarm.subject.ToString());
  }
  return names;
}

inline constexpr std::size_t kGmail = 0;

// What a site sends on any day.
inline void WriteAsUsual(World* world, int from_day, int to_day,
                         std::uint32_t a_day = 5000) {
  const int count = to_day - from_day;
  world->Write(Hour(24 * from_day), std::chrono::days(count),
               static_cast<std::uint32_t>(count) * a_day, 1);
}

// One message to each of `people` of their own, some at each of `places`.
inline void WriteTo(World* world, Timestamp begin, std::chrono::minutes length,
                    std::uint32_t people, std::size_t places, Sent::Fate fate) {
  for (std::uint32_t i = 0; i < people; ++i) {
    Sent sent;
    sent.time = begin + length * i / people;
    sent.place = i % places;
    sent.person = i;
    sent.fate = fate;
    world->mail.push_back(sent);
  }
}

// So many of all that is there between `begin` and `end` are said to be dead.
template <class IsThere>
void Break(World* world, Timestamp begin, Timestamp end, std::uint32_t percent,
           IsThere is_there) {
  for (Sent& sent : world->mail) {
    if (sent.time < begin || sent.time >= end || !is_there(sent)) continue;
    if (sent.fate == Sent::Fate::kAccepted && world->Chance(percent)) {
      sent.fate = Sent::Fate::kFalse;
    }
  }
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_STORE_GUARD_WORLD_H_
