#ifndef POSTBOUNCE_STORE_DECIDE_H_
#define POSTBOUNCE_STORE_DECIDE_H_

#include <cstddef>
#include <span>

#include "mime/text/timestamp.h"
#include "store/event.h"

namespace postbounce {

// True for an event that Decide() may act upon. All others need not be
// loaded: an address with 100 000 deferrals is decided as fast as any.
bool IsDecisive(const Event& event);

// So many decisive events, the oldest, are all that Decide() needs to see.
inline constexpr std::size_t kDecisiveEvents = 16;

// The list is a fold: this function over everything known of one address.
// Pure; `events` in order of time. One failed event of class hard suppresses,
// as of that event's time; an event later than `now` does not count yet.
Decision Decide(std::span<const Event> events, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_DECIDE_H_
