#ifndef POSTBOUNCE_DAEMON_LOG_JUDGE_H_
#define POSTBOUNCE_DAEMON_LOG_JUDGE_H_

#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "classifier/rule_set.h"
#include "daemon/runtime.h"
#include "mime/text/digest.h"
#include "store/log_batch.h"

namespace postbounce {

// Says why attempts failed, by the same rules as for reports: the text in the
// log is the diagnostic. Remembers what it said, since servers repeat
// themselves. For one thread.
class LogJudge {
 public:
  explicit LogJudge(std::shared_ptr<const Runtime> runtime);

  // After a reload. A later one with the same rules changes nothing.
  void Use(std::shared_ptr<const Runtime> runtime);

  // Sets reason and class of an attempt that was not delivered.
  void Judge(const LogMessage& message, LogAttempt* attempt);

  // A failed attempt as an account, whose only witness is the log. `message`
  // has all that is known of it. Standing and scope are the caller's to tell.
  Mail AccountOf(const LogMessage& message, const LogAttempt& attempt);

 private:
  std::shared_ptr<const Runtime> runtime_;
  // By the digest of what an attempt says.
  boost::unordered_flat_map<Digest, std::pair<Reason, ReasonClass>> said_;
  std::optional<MatchMemo> memo_;
  std::string key_;  // kept for its memory
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOG_JUDGE_H_
