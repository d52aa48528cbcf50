#ifndef POSTBOUNCE_DAEMON_IO_MILTER_TALKS_H_
#define POSTBOUNCE_DAEMON_IO_MILTER_TALKS_H_

#include <atomic>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "daemon/io/milter_bridge.h"
#include "daemon/protocol/milter_session.h"

namespace postbounce {

// What libmilter knows of a connection. One thread at a time.
struct MilterTalk {
  std::unique_ptr<MilterSession> session;
  unsigned long steps = 0;  // SMFIP_..., as negotiated
  // Of the session, for when that may not be called any more.
  bool is_collecting = false;
  bool is_internal = false;
  bool has_failed = false;  // memory ran out in the middle of a message
};

// All connections, and whether their sessions may be called.
struct MilterTalks {
  MilterBridge::Hooks hooks;
  std::atomic<bool> is_open{false};
  std::atomic<int> inside{0};  // threads that are calling sessions
  std::mutex mutex;
  std::map<const MilterTalk*, std::unique_ptr<MilterTalk>> all;

  // A talk with a session for a connection that has begun, or none if that is
  // not admitted; and its end.
  MilterTalk* Begin();
  void End(const MilterTalk* talk);
  // Ends every session, which gives back what it holds. The talks stay.
  void EndAll();
};

// They are never destroyed, since threads of libmilter may outlive all else.
MilterTalks& Talks();

// A thread's stay where sessions are called. Who came in before is_open ended
// is waited for; who comes later sees that it has.
class MilterVisit {
 public:
  MilterVisit() {
    ++Talks().inside;
    is_open_ = Talks().is_open;
  }
  ~MilterVisit() { --Talks().inside; }
  MilterVisit(const MilterVisit&) = delete;
  MilterVisit& operator=(const MilterVisit&) = delete;

  bool is_open() const { return is_open_; }

 private:
  bool is_open_;
};

// What `step` makes of the session; nothing if that may not be called. No
// exception goes through libmilter, which is C.
template <class Step>
auto Call(MilterTalk* talk, Step step)
    -> std::optional<decltype(step(*talk->session))> {
  const MilterVisit visit;
  if (talk == nullptr || talk->has_failed || !visit.is_open()) {
    return std::nullopt;
  }
  try {
    auto result = step(*talk->session);
    talk->is_collecting = talk->session->is_collecting();
    talk->is_internal = talk->session->is_internal();
    return result;
  } catch (const std::exception&) {
    talk->has_failed = true;
    return std::nullopt;
  }
}

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_MILTER_TALKS_H_
