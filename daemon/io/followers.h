#ifndef POSTBOUNCE_DAEMON_IO_FOLLOWERS_H_
#define POSTBOUNCE_DAEMON_IO_FOLLOWERS_H_

#include <memory>
#include <vector>

#include "daemon/io/core.h"
#include "daemon/log_follower.h"
#include "mime/text/result.h"

namespace postbounce {

// The logs that the configuration names, each followed by a thread of its
// own, and the mail that is this site's. For the loop's thread.
class Followers {
 public:
  // `core` must outlive this.
  explicit Followers(Core* core) : core_(*core) {}

  // When store and committer are there.
  Result<void> Start();
  // After a new runtime: rules and origin; not the logs themselves.
  void Reload();
  // What is in hand is stored first.
  void Stop() { followers_.clear(); }

 private:
  void TakeSite();
  Result<void> Follow(const LogConfig& log);

  Core& core_;
  std::vector<std::unique_ptr<LogFollower>> followers_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_FOLLOWERS_H_
