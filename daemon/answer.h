#ifndef POSTBOUNCE_DAEMON_ANSWER_H_
#define POSTBOUNCE_DAEMON_ANSWER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/reason.h"
#include "mime/text/result.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// What an answer may tell of a suppression.
struct AnswerFacts {
  Reason reason = Reason::kUnknown;
  Timestamp since{};      // only looked at where Answer::uses_since()
  std::uint64_t ref = 0;  // see FormatReference
};

// What Postfix is to do with mail for a suppressed recipient, in the words of
// access(5). Immutable.
class Answer {
 public:
  // Mail goes on.
  Answer() = default;
  // Reads DUNNO, or one of REJECT, DEFER, DEFER_IF_PERMIT, DISCARD, HOLD, WARN,
  // 4NN and 5NN, with a text or without. A refusal's text may begin with an
  // enhanced status of its class. ${reason}, ${since} and ${ref} stand for
  // facts. kSyntax; kLimit when the text could get longer than kMaxText.
  static Result<Answer> Parse(std::string_view text);
  // Octets of a text with its facts and the marker. Postfix's reply then stays
  // within 512 octets (RFC 5321 section 4.5.3.1.5) for recipients of up to 200,
  // and what tcp_table(5) is told within 4096.
  static constexpr std::size_t kMaxText = 240;

  bool uses_since() const;
  // A result of access(5), in one line: "550 5.7.1 [postbounce REF] text".
  // The marker stands in front unless the text has "[postbounce ${ref}]"
  // itself. Empty: mail goes on.
  std::string ForAccess(const AnswerFacts& facts) const;
  // A result of transport(5): "error:5.7.1 [postbounce REF] text", likewise
  // "retry:" and "discard:". Empty also for HOLD and WARN, which a transport
  // cannot say.
  std::string ForTransport(const AnswerFacts& facts) const;

 private:
  enum class Fact { kNone, kReason, kSince, kRef };
  struct Piece {
    std::string before;
    Fact fact = Fact::kNone;
  };

  static Result<std::vector<Piece>> ReadText(std::string_view text);
  std::string With(const std::string& action, const AnswerFacts& facts) const;

  // What stands before the text, such as "550 5.7.1 " and "error:5.7.1 ";
  // empty: mail goes on.
  std::string access_;
  std::string transport_;
  std::vector<Piece> text_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_ANSWER_H_
