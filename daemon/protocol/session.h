#ifndef POSTBOUNCE_DAEMON_PROTOCOL_SESSION_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_SESSION_H_

#include <string>
#include <string_view>

namespace postbounce {

// The server's side of a protocol of questions and answers, without sockets,
// clocks or threads. Not thread-safe.
class Session {
 public:
  enum class Step {
    kRead,   // more bytes are needed
    kMore,   // there is more to answer: Feed() nothing, when this is written
    kWait,   // somebody else answers: Feed() nothing, when that is here
    kClose,  // what came is not the protocol, see problem()
    kGive,   // the connection belongs to somebody else from now on, see Give()
  };

  Session() = default;
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Takes bytes from the client and appends the answers to all requests that
  // are complete to `output`, in their order. Linear; what is kept of a
  // request that is not complete is bounded.
  virtual Step Feed(std::string_view bytes, std::string* output) = 0;

  // True between requests: the client owes us nothing.
  virtual bool is_idle() const = 0;

  // Why kClose: a part of a sentence. Null as long as all is well.
  virtual const char* problem() const { return nullptr; }

  // After kGive: hands the client's descriptor over, which is closed there.
  virtual void Give(int /*fd*/) {}
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_SESSION_H_
