#ifndef POSTBOUNCE_DAEMON_STATUS_WORDS_H_
#define POSTBOUNCE_DAEMON_STATUS_WORDS_H_

#include <string>
#include <string_view>

#include "daemon/status_report.h"

namespace postbounce {

// What `status` says to people. All texts are without a full stop, and may hold
// what strangers wrote.

// Why a failure does not count, or complaints; empty for what does, and for
// what is no failure. What the guard doubts must have been marked.
std::string WhyNot(const StoredEvent& stored, const SitePolicy& policy);

// What would change it.
struct NextStep {
  std::string_view word;  // for programs, see postbounce-query(5)
  std::string sentence;
};
NextStep NextOf(const StatusReport& report);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_STATUS_WORDS_H_
