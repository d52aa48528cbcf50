#include "store/decide.h"

#include <algorithm>

namespace postbounce {

bool IsDecisive(const Event& event) {
  return event.counts && event.action == Action::kFailed &&
         event.reason_class == ReasonClass::kHard;
}

Decision Decide(std::span<const Event> events, Timestamp now) {
  const auto first =
      std::find_if(events.begin(), events.end(), [now](const Event& event) {
        return IsDecisive(event) && event.time <= now;
      });
  if (first == events.end()) return Decision();
  Decision decision;
  decision.state = ListState::kActive;
  decision.reason = first->reason;
  decision.since = first->time;
  decision.because = first->id;
  return decision;
}

}  // namespace postbounce
