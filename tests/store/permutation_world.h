#ifndef POSTBOUNCE_TESTS_STORE_PERMUTATION_WORLD_H_
#define POSTBOUNCE_TESTS_STORE_PERMUTATION_WORLD_H_

#include <cstddef>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"
#include "tests/store/log_samples.h"

namespace postbounce {

// Always the same numbers from the same seed.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}

  std::size_t Below(std::size_t n) { return engine_() % n; }
  bool OneIn(std::size_t n) { return Below(n) == 0; }
  template <class T>
  T Pick(std::initializer_list<T> choices) {
    return choices.begin()[Below(choices.size())];
  }
  template <class T>
  void Shuffle(std::vector<T>* items) {
    for (std::size_t i = items->size(); i > 1; --i) {
      std::swap((*items)[i - 1], (*items)[Below(i)]);
    }
  }

 private:
  std::mt19937 engine_;
};

// Three weeks of a small site: what its log says of the mail it sent, and what
// came back by mail, true and false. Hour(0) is their begin.
class PermutationWorld {
 public:
  explicit PermutationWorld(unsigned seed);

  static constexpr int kHours = 24 * 30;  // when all of it is over
  static const SitePolicy& Policy();

  // The log in its order, cut into batches at places of the dice's choice.
  std::vector<Write> CutLog(Dice* dice) const;
  const std::vector<Mail>& mails() const { return mails_; }
  // All addresses that are spoken of.
  const std::vector<std::string>& people() const { return people_; }

 private:
  // A line of the log: the first of its message, an attempt, or "removed".
  struct Line {
    Timestamp time{};
    std::size_t message = 0;
    std::vector<LogAttempt> attempts;  // at most one
    bool is_last = false;
  };

  void SendMessage();
  LogMessage NewMessage(Timestamp time);
  std::string NewQueueId(Timestamp time);
  void AddMessage(LogMessage message);
  LogMessage Filter(LogMessage* message);
  void Deliver(LogMessage* message, const std::string& recipient);
  void AddReports(const LogMessage& message);
  void ReportFailures(const LogMessage& message);
  void ReportLater(const LogMessage& message, const LogAttempt& attempt);
  void Forge(const LogMessage& message);
  void Complain(const LogMessage& message, const LogAttempt& attempt);
  void AddMail(Mail mail);

  Mail NewReport(std::vector<Witness> witnesses, Timestamp time);

  Dice dice_;
  int number_ = 0;
  std::vector<std::string> people_;
  std::vector<LogMessage> messages_;  // with all their attempts
  std::vector<Line> lines_;
  std::vector<Mail> mails_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_STORE_PERMUTATION_WORLD_H_
