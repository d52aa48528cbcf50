#ifndef POSTBOUNCE_DAEMON_ALERT_H_
#define POSTBOUNCE_DAEMON_ALERT_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "mime/text/timestamp.h"
#include "store/alarm.h"

namespace postbounce {

// What an alarm means, a sentence for the log and for people.
std::string SentenceOf(const Alarm& alarm);

// Whether guard.alert has to be told: of one that is raised or reopened and not
// over at `now`, or of what has become of one that it was told of.
bool IsNews(const Alarm& alarm, Timestamp now);

// Runs guard.alert with what there is to know, one at a time, on a thread of
// its own: PROGRAM STATE ID SUBJECT SENTENCE, where STATE is "open", "released"
// or "confirmed". A program that does not end is killed after half a minute.
class Alerter {
 public:
  // So many wait; the program is not run for more.
  static constexpr std::size_t kWaiting = 100;

  // Both are called on the alerter's thread, `told` after the program has ended
  // well, `complain` if it has not. `complain` by Tell() as well.
  Alerter(std::function<void(const Alarm&)> told,
          std::function<void(const std::string&)> complain);
  // Ends the program that runs. Those that wait are not run.
  ~Alerter() = default;

  void Tell(const std::string& program, const Alarm& alarm);

 private:
  struct Item {
    std::string program;
    Alarm alarm;
  };

  void Run(const std::stop_token& stop);

  const std::function<void(const Alarm&)> told_;
  const std::function<void(const std::string&)> complain_;
  std::mutex mutex_;
  std::condition_variable_any wakeup_;
  std::deque<Item> waiting_;
  std::jthread thread_;  // ends before what it uses
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_ALERT_H_
