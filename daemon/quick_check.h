#ifndef POSTBOUNCE_DAEMON_QUICK_CHECK_H_
#define POSTBOUNCE_DAEMON_QUICK_CHECK_H_

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/finding.h"

namespace postbounce {

// Answers `check` requests as ParseRequest(), AnswerCheck() and Answered() do,
// byte for byte, but without a tree of either in memory, and many at once:
// applications ask for every mail that they queue. Not thread-safe.
class QuickCheck {
 public:
  // Fills in what is found of each.
  using FindAll = std::function<void(std::span<Asked> asked)>;

  QuickCheck();
  ~QuickCheck();

  // Takes note of a request, which must live until Answer(). False, and nothing
  // is noted, where the long way has to be gone: the request is another one, or
  // not plain (members other than "verb", "addresses", "sender" and "id", an
  // escape in a text, a sender that is not plainly written, an id that is
  // neither text nor natural number, over 100 addresses).
  bool Take(std::string_view request);
  // So many were taken that waiting for more is of no use.
  bool is_full() const { return asked_.size() >= 64; }

  // Appends the answers to all requests that were taken to `output`, a line
  // each, and forgets them.
  void Answer(const FindAll& find, std::string* output);

 private:
  struct Parser;
  struct Request {
    std::size_t end = 0;  // of its addresses in asked_
    std::string_view id;  // as JSON; empty: none
  };

  const std::unique_ptr<Parser> parser_;
  std::vector<Asked> asked_;
  std::vector<Request> requests_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_QUICK_CHECK_H_
