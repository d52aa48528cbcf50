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
// those of the worst hours before.
// A quarter of `failures` is enough
// - of an operator of whom one domain is in alarm, if at least three domains
//   fail;
// - of a domain, server or operator that has taken our mail, and takes hardly
//   any in the last hours, up to a day, while others do.
// Pure.

// The alarm that should be raised after `failure` has been counted: for the
// widest subject that has too many, nullopt where none has or an open alarm
// covers the failure already. `alarms` are those of the last 36 days, in any
// state. The hours that one of them has spoken of raise no second alarm. They
// tell nothing of what is usual, unless it was confirmed, or nothing was heard
// of it for `hold`.
std::optional<Alarm> Rising(const GuardCounts& counts,
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

// What it becomes when a person resolves the alarm at `now`: he speaks of the
// failures that are known. The end of the last hour that has some, or EndOf()
// if that is earlier.
Timestamp KnownEndOf(const GuardCounts& counts, const Alarm& alarm,
                     std::span<const Alarm> alarms, const GuardPolicy& policy,
                     Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_GUARD_H_
