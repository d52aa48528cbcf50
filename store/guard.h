#ifndef POSTBOUNCE_STORE_GUARD_H_
#define POSTBOUNCE_STORE_GUARD_H_

#include <optional>
#include <span>

#include "mime/text/timestamp.h"
#include "store/alarm.h"
#include "store/guard_counts.h"

namespace postbounce {

// The outage guard: are there too many failures? That is: far more of all
// outcomes than were usual in the 35 days before, by `failures` and `factor`.
// It is asked of each subject alone. A wide one must have too many even without
// the eighth of it that has most of them: the bad hour of one provider is none
// of the site. Where nobody tells of deliveries the failures are compared with
// those of the worst hours before. Pure.

// What an alarm should be raised for after `failure` has been counted: the
// widest subject that has too many, nullopt where none has or an alarm covers
// the failure already. `alarms` are those of the last 36 days, in any state.
// What they cover tells nothing of what is usual, unless it was confirmed, or
// nothing was heard of it for `hold`.
std::optional<GuardSubject> Rising(const GuardCounts& counts,
                                   const GuardedOutcome& failure,
                                   std::span<const Alarm> alarms,
                                   const GuardPolicy& policy);

// What the alarm's `until` has become by `now`: the end of the first whole
// hours after `raised` in which as much was heard of as raises an alarm, but
// not too much of it failed. Silence proves nothing, except where nobody tells
// of deliveries.
Timestamp EndOf(const GuardCounts& counts, const Alarm& alarm,
                std::span<const Alarm> alarms, const GuardPolicy& policy,
                Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_GUARD_H_
