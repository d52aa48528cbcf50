#ifndef POSTBOUNCE_STORE_GUARDED_EVENT_H_
#define POSTBOUNCE_STORE_GUARDED_EVENT_H_

#include <span>
#include <string>
#include <string_view>

#include "mime/text/timestamp.h"
#include "store/alarm.h"
#include "store/event.h"

namespace postbounce {

// Whom the guard knows what happened to mail by. Its outcomes point into it.
class GuardNames {
 public:
  // `relay`: as of Event.
  GuardNames(std::string_view address, std::string_view relay);

  GuardedOutcome Failed(Timestamp time) const;
  GuardedOutcome Delivered(Timestamp time) const;

 private:
  bool is_without_server_ = false;
  std::string domain_;
  std::string operator_domain_;
  std::string next_hop_;
};

// Sets is_held and is_void of an address's event, which alarms may cover.
void DoubtEvent(std::span<const Alarm> alarms, std::string_view address,
                Event* event);
// The open alarm that holds the event, or null.
const Alarm* HolderOf(std::span<const Alarm> alarms, std::string_view address,
                      const Event& event);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_GUARDED_EVENT_H_
