#ifndef POSTBOUNCE_MIME_TEXT_ACTION_H_
#define POSTBOUNCE_MIME_TEXT_ACTION_H_

#include <string_view>

namespace postbounce {

// What an MTA did for one recipient: the Action field of RFC 3464 section
// 2.3.3. Values are stored; do not change them.
enum class Action {
  kOther = 0,  // absent, or none of the five
  kFailed = 1,
  kDelayed = 2,
  kDelivered = 3,
  kRelayed = 4,
  kExpanded = 5,
};

// The first word of an Action field, comments after it ignored. "failure",
// "expired" and "delay", which some write, are taken for what they mean.
Action ParseAction(std::string_view text);

// "failed", "delayed", "delivered", "relayed", "expanded" or "".
std::string_view ActionName(Action action);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_ACTION_H_
