#ifndef POSTBOUNCE_DAEMON_QUICK_CHECK_H_
#define POSTBOUNCE_DAEMON_QUICK_CHECK_H_

#include <memory>
#include <string>
#include <string_view>

#include "daemon/service.h"

namespace postbounce {

// Answers `check` requests as ParseRequest(), AnswerCheck() and Answered() do,
// byte for byte, but without a tree of either in memory: applications ask for
// every mail that they queue. Not thread-safe.
class QuickCheck {
 public:
  QuickCheck();
  ~QuickCheck();

  // Appends the answer to `output`, without a line end. False, and nothing is
  // appended, where the long way has to be gone: the request is another one, or
  // not plain (members other than "verb", "addresses", "sender" and "id", an
  // escape in a text, an id that is neither text nor natural number, over 100
  // addresses), or an address cannot be looked up.
  bool Answer(std::string_view request, const FindFunction& find,
              std::string* output);

 private:
  struct Parser;
  const std::unique_ptr<Parser> parser_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_QUICK_CHECK_H_
