#ifndef POSTBOUNCE_STORE_DECIDE_H_
#define POSTBOUNCE_STORE_DECIDE_H_

#include <span>

#include "mime/text/timestamp.h"
#include "store/event.h"

namespace postbounce {

// The list is a fold: this function over everything known of one address.
// Pure; `events` in order of time. One failed event of class hard suppresses,
// as of that event's time; an event later than `now` does not count yet.
Decision Decide(std::span<const Event> events, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_DECIDE_H_
