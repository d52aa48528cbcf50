#ifndef POSTBOUNCE_DAEMON_ANSWERS_H_
#define POSTBOUNCE_DAEMON_ANSWERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "classifier/reason.h"
#include "daemon/answer.h"
#include "daemon/config.h"

namespace postbounce {

// Which answer the configuration has for which suppression. Immutable.
class Answers {
 public:
  Answers() = default;  // mail goes on
  explicit Answers(const Config& config);

  // Of the first [[answer]] that fits, else of lookup.answer. `scope` is that
  // of the mail that asks.
  const Answer& Of(Reason reason, std::string_view scope) const;

 private:
  struct Row {
    std::vector<Reason> reasons;
    std::vector<std::string> scopes;
    Answer answer;
  };

  std::vector<Row> rows_;
  Answer otherwise_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_ANSWERS_H_
