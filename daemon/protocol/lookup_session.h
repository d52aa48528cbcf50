#ifndef POSTBOUNCE_DAEMON_PROTOCOL_LOOKUP_SESSION_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_LOOKUP_SESSION_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/protocol/question.h"
#include "daemon/protocol/session.h"
#include "mime/text/result.h"

namespace postbounce {

// The server's side of a protocol that Postfix looks things up by. Nothing is
// said that was not asked for: Postfix takes a client's socket that can be
// read for a broken one.
class LookupSession : public Session {
 public:
  // Answers all questions that have a recipient. Postfix is shown the first
  // kText bytes of a text, as one line.
  using Ask = std::function<void(std::span<Questioned>)>;
  static constexpr std::size_t kText = 1000;

  explicit LookupSession(Ask ask);

  Step Feed(std::string_view bytes, std::string* output) override;
  bool is_idle() const override { return pending_.empty(); }
  const char* problem() const override { return problem_; }

 protected:
  // A complete request: a question, or, if that is not null, what the client
  // is told instead.
  struct Request {
    Question question;
    const char* reply = nullptr;
  };

  // Takes what stands in front of `end` off `input`, together with `end`.
  // Nothing if that is still to come, or is a problem: more than `max` bytes.
  std::optional<std::string_view> TakeUntil(std::string_view end,
                                            std::size_t max,
                                            std::string_view* input);

  // Always false.
  bool Fail(const char* problem);

 private:
  // Takes one request off `input`, which is not empty. False if there was none:
  // it has failed, or is not complete and `input` as it was.
  virtual bool TakeRequest(std::string_view* input, Request* request) = 0;
  virtual void AppendAnswer(const Result<std::string>& answer,
                            std::string* output) const = 0;
  // All requests that were taken are answered.
  virtual void Forget() {}

  void AnswerTaken(std::string* output);

  const Ask ask_;
  std::string pending_;       // the beginning of a request
  std::size_t searched_ = 0;  // of it, by TakeUntil
  const char* problem_ = nullptr;
  // Of the requests that were taken.
  std::vector<Questioned> questions_;
  std::vector<const char*> replies_;
};

// `text` as one line of valid UTF-8 without control characters, of at most
// LookupSession::kText bytes. Where it is that already, a view of it; else of
// `space`.
std::string_view AnswerLine(std::string_view text, std::string* space);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_LOOKUP_SESSION_H_
