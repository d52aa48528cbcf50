#ifndef POSTBOUNCE_DAEMON_EXPLANATION_H_
#define POSTBOUNCE_DAEMON_EXPLANATION_H_

#include <boost/json/object.hpp>
#include <string_view>

#include "classifier/rule_set.h"
#include "daemon/judgement.h"
#include "mime/text/result.h"

namespace postbounce {

// What something that is to be explained was read as.
enum class InputForm { kMessage, kLogLine, kText };

// "message", "log-line", "text"
std::string_view FormName(InputForm form);

// A line that tells of no delivery is judged as a message.
Judgement JudgeInput(InputForm form, std::string_view bytes,
                     const RuleSet& rules);

// An object of `explain --json`, without what tells where the input was.
boost::json::object ToJson(InputForm form, const Judgement& judgement);

// The answer to `explain`. kSyntax. Any thread.
Result<boost::json::object> AnswerExplain(const boost::json::object& request,
                                          const RuleSet& rules);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_EXPLANATION_H_
