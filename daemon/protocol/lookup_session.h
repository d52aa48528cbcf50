#ifndef POSTBOUNCE_DAEMON_PROTOCOL_LOOKUP_SESSION_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_LOOKUP_SESSION_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/protocol/question.h"
#include "mime/text/result.h"

namespace postbounce {

// The server's side of a protocol that Postfix looks things up by, without
// sockets, clocks or threads. Nothing is said that was not asked for: Postfix
// takes a client's socket that can be read for a broken one.
class LookupSession {
 public:
  // What Postfix is to do; empty: nothing, the mail goes on. An error: nobody
  // can tell now. Postfix is shown its first kText bytes, as one line.
  using Ask = std::function<Result<std::string>(const Question&)>;
  static constexpr std::size_t kText = 1000;

  // kClose: what came is not the protocol, see problem(). The connection ends
  // when the output is written.
  enum class Step { kRead, kClose };

  explicit LookupSession(Ask ask);
  virtual ~LookupSession() = default;
  LookupSession(const LookupSession&) = delete;
  LookupSession& operator=(const LookupSession&) = delete;

  // Takes bytes from the client and appends the answers to all requests that
  // are complete to `output`, in their order. Linear; what is kept of a
  // request that is not complete is bounded.
  Step Feed(std::string_view bytes, std::string* output);

  // True between requests.
  bool is_idle() const { return pending_.empty(); }

  // Why kClose: a part of a sentence. Null as long as all is well.
  const char* problem() const { return problem_; }

 protected:
  // Asks, unless there is no recipient.
  Result<std::string> AskFor(const Question& question) const;

  // Takes what stands in front of `end` off `input`, together with `end`.
  // Nothing if that is still to come, or is a problem: more than `max` bytes.
  std::optional<std::string_view> TakeUntil(std::string_view end,
                                            std::size_t max,
                                            std::string_view* input);

  // Always false.
  bool Fail(const char* problem);

 private:
  // Takes one request off `input`, which is not empty, and answers it. False
  // if it has failed, or is not complete and `input` as it was.
  virtual bool TakeRequest(std::string_view* input, std::string* output) = 0;

  const Ask ask_;
  std::string pending_;       // the beginning of a request
  std::size_t searched_ = 0;  // of it, by TakeUntil
  const char* problem_ = nullptr;
};

// `text` as one line of valid UTF-8 without control characters, of at most
// LookupSession::kText bytes.
std::string AnswerLine(std::string text);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_LOOKUP_SESSION_H_
