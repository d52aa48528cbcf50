#ifndef POSTBOUNCE_DAEMON_IO_MILTER_H_
#define POSTBOUNCE_DAEMON_IO_MILTER_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "daemon/io/core.h"
#include "daemon/io/milter_bridge.h"
#include "daemon/seldom.h"
#include "mime/text/result.h"

namespace postbounce {

// The daemon at the other side of Postfix's milter protocol: what the sessions
// of the bridge ask the loop's thread, and what they hand to the committer.
// Without milter.listen it does nothing. For the loop's thread.
class Milter {
 public:
  // `core` must outlive this.
  explicit Milter(Core* core) : core_(*core) {}

  // Clients can connect from now on, and wait.
  Result<void> Open();
  // They are served. The core is complete.
  void Start();
  // core.runtime or core.site is another one: for connections to come, and for
  // mails that come by those there are.
  void Use();

  // The stop, in this order: sessions end, and what they have handed in is
  // waited for, but not after HangUp(). End() when all is quiet, and before the
  // core ends.
  void Close();
  bool is_quiet() const;
  void HangUp();
  void End();
  // libmilter has ended by itself, and the daemon with it.
  bool has_failed() const { return has_failed_; }

 private:
  // Somebody of libmilter's threads, who waits for the loop's.
  struct Turn {
    bool is_done = false;
    std::condition_variable changed;
  };

  using Deadline = std::chrono::steady_clock::time_point;

  std::unique_ptr<MilterSession> Admit(std::size_t open);
  bool IsCrowded();
  Result<std::string> Ask(const Question& question);
  std::optional<std::string> Intake(ReceivedMail received, bool is_taken);
  bool Store(Mail mail, ReceivedMail received, Deadline until);
  void Missed(std::string_view why);
  void Finish(const std::shared_ptr<Turn>& turn);
  bool WaitFor(Turn* turn, Deadline until);

  Core& core_;
  std::optional<MilterBridge> bridge_;
  bool is_unix_ = false;
  bool has_failed_ = false;

  // Of all threads.
  std::mutex mutex_;
  std::shared_ptr<const Runtime> runtime_;
  std::shared_ptr<const Site> site_;
  std::set<Turn*> turns_;
  bool has_hung_up_ = false;
  std::uint64_t missed_ = 0;
  Seldom missed_lately_;
  Seldom crowded_lately_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_MILTER_H_
