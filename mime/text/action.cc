#include "mime/text/action.h"

#include "mime/text/text.h"

namespace postbounce {

Action ParseAction(std::string_view text) {
  std::string_view word = Trim(text);
  word = word.substr(0, word.find_first_of(" \t\r\n(;"));
  for (const Action action :
       {Action::kFailed, Action::kDelayed, Action::kDelivered, Action::kRelayed,
        Action::kExpanded}) {
    if (EqualsIgnoringCase(word, ActionName(action))) return action;
  }
  for (const std::string_view other : {"failure", "fail", "expired"}) {
    if (EqualsIgnoringCase(word, other)) return Action::kFailed;
  }
  for (const std::string_view other : {"delay", "deferred"}) {
    if (EqualsIgnoringCase(word, other)) return Action::kDelayed;
  }
  return Action::kOther;
}

std::string_view ActionName(Action action) {
  switch (action) {
    case Action::kOther:
      return "";
    case Action::kFailed:
      return "failed";
    case Action::kDelayed:
      return "delayed";
    case Action::kDelivered:
      return "delivered";
    case Action::kRelayed:
      return "relayed";
    case Action::kExpanded:
      return "expanded";
  }
  return "";
}

}  // namespace postbounce
