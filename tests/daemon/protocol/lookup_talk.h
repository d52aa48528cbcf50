#ifndef POSTBOUNCE_TESTS_DAEMON_PROTOCOL_LOOKUP_TALK_H_
#define POSTBOUNCE_TESTS_DAEMON_PROTOCOL_LOOKUP_TALK_H_

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/protocol/lookup_session.h"

namespace postbounce {

// Knows nothing of ok@test, cannot tell of error@test; of others what was
// asked: "sender>recipient", "?" for a sender that is not told, then what
// else there is.
inline Result<std::string> Echo(const Question& question) {
  if (question.recipient == "ok@test") return std::string();
  if (question.recipient == "error@test") {
    return Error(ErrorCode::kUnavailable, "the store\nis busy");
  }
  std::string text(question.sender.value_or("?"));
  text.append(">").append(question.recipient);
  if (!question.sasl_user.empty()) {
    text.append(" user=").append(question.sasl_user);
  }
  if (!question.scope.empty()) text.append(" scope=").append(question.scope);
  if (question.is_transport) text.append(" transport");
  return text;
}

using AnswerOne = std::function<Result<std::string>(const Question&)>;

inline LookupSession::Ask Each(const AnswerOne& answer) {
  return [answer](std::span<Questioned> questions) {
    for (Questioned& one : questions) {
      if (!one.question.recipient.empty()) one.answer = answer(one.question);
    }
  };
}

// What a client reads that sends `bytes` in pieces of `chunk`; a problem that
// ends the connection stands behind it in brackets.
template <class Session>
std::string Talk(std::string_view bytes, std::size_t chunk,
                 const AnswerOne& answer = Echo) {
  Session session(Each(answer));
  std::string said;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, chunk);
    bytes.remove_prefix(piece.size());
    if (session.Feed(piece, &said) == LookupSession::Step::kClose) {
      return said.append("[").append(session.problem()).append("]");
    }
  }
  return session.is_idle() ? said : said + "[more]";
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_DAEMON_PROTOCOL_LOOKUP_TALK_H_
