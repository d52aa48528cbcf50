#ifndef POSTBOUNCE_DAEMON_STATUS_REPORT_H_
#define POSTBOUNCE_DAEMON_STATUS_REPORT_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mime/text/result.h"
#include "mime/text/timestamp.h"
#include "store/reader.h"
#include "store/site_policy.h"

namespace postbounce {

// A server took mail for the address, and it has not come back.
struct LastDelivery {
  Timestamp time{};
  std::string relay;
};

// All that "status" tells of one address: what is stored, and what follows
// from it.
struct StatusReport {
  AddressStory story;  // as it is now; what the guard doubts is marked
  std::vector<Outlook> outlooks;          // see LookAhead()
  std::optional<Alarm> held_by;           // one that holds the newest failure
  std::optional<LastDelivery> delivered;  // that the logs know
  std::vector<std::string> why_not;       // see WhyNot(), for each event
  // How long a delivery has to stand before it speaks for the address; none
  // where no delivery ever does.
  std::optional<std::chrono::seconds> settles;
};

// Marks and counts what alarms cover of the story.
void MarkDoubts(const std::vector<Alarm>& alarms, StatusReport* report);

// Of an address, or of a whole domain. `max_events`: at least 1.
Result<StatusReport> ReadStatus(Reader* reader, const SitePolicy& policy,
                                const Subject& subject, std::size_t max_events,
                                Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_STATUS_REPORT_H_
