#ifndef POSTBOUNCE_DAEMON_SELDOM_H_
#define POSTBOUNCE_DAEMON_SELDOM_H_

#include <chrono>
#include <optional>

namespace postbounce {

// For what strangers can cause as often as they like, but the log need not say
// more than once a minute.
class Seldom {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Whether it may be said now.
  bool IsDue(Time now = std::chrono::steady_clock::now()) {
    if (said_ && now - *said_ < std::chrono::minutes(1)) return false;
    said_ = now;
    return true;
  }

 private:
  std::optional<Time> said_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_SELDOM_H_
