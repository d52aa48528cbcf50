#ifndef POSTBOUNCE_DAEMON_PROTOCOL_QUESTION_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_QUESTION_H_

#include <optional>
#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// What Postfix asks before it takes or delivers mail. Any bytes may be in it,
// as the client sent them; they live as long as the request.
struct Question {
  std::string_view recipient;  // empty: nothing is asked
  // Empty: the null sender. Nothing: the protocol does not tell.
  std::optional<std::string_view> sender;
  std::string_view sasl_user;  // empty: nobody has logged in
  std::string_view scope;      // that the client named; empty: none
  bool is_transport = false;   // what to deliver by, not whether to take it
};

// A question, and what Postfix is to do. Empty: nothing, the mail goes on. An
// error: nobody can tell now.
struct Questioned {
  Question question;
  Result<std::string> answer = std::string();
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_QUESTION_H_
