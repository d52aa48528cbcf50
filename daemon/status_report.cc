#include "daemon/status_report.h"

#include <algorithm>
#include <utility>

#include "daemon/list_request.h"
#include "daemon/status_words.h"
#include "store/decide.h"
#include "store/guarded_event.h"

namespace postbounce {
namespace {

// Mail that came back, and what a content filter took, is passed over.
constexpr std::size_t kDeliveries = 20;

bool HasFailed(const AddressStory& story, const LogMessage& message) {
  const MessageRef ref = RefOf(message);
  return std::any_of(
      story.decisive.begin(), story.decisive.end(), [&](const Event& event) {
        return event.message && IsSameMessage(*event.message, ref);
      });
}

std::optional<LastDelivery> DeliveryOf(const LogMessage& message,
                                       const SitePolicy& policy) {
  std::optional<LastDelivery> last;
  for (const LogAttempt& attempt : message.attempts) {
    const bool is_delivered = attempt.action == Action::kDelivered &&
                              !attempt.is_probe &&
                              !policy.internal_relays.Contains(attempt.relay);
    if (is_delivered) last = LastDelivery{attempt.time, attempt.relay};
  }
  return last;
}

Result<std::optional<LastDelivery>> FindDelivery(Reader* reader,
                                                 const SitePolicy& policy,
                                                 const AddressStory& story) {
  LogQuery query;
  query.recipient = story.address;
  query.action = Action::kDelivered;
  query.limit = kDeliveries;
  const auto page = reader->Messages(query);
  if (!page) return page.error();
  for (const LogMessage& message : page->messages) {
    if (HasFailed(story, message)) continue;
    auto delivery = DeliveryOf(message, policy);
    if (delivery) return delivery;
  }
  return std::optional<LastDelivery>();
}

bool DeliveriesCount(const AddressStory& story) {
  return std::none_of(
      story.decisive.begin(), story.decisive.end(), [](const Event& event) {
        return event.after_acceptance && !event.is_void &&
               event.reason != Reason::kComplaint && MaySuppress(event.reason);
      });
}

}  // namespace

void MarkDoubts(const std::vector<Alarm>& alarms, StatusReport* report) {
  AddressStory& story = report->story;
  for (StoredEvent& stored : story.events) {
    if (!IsDecisive(stored.event)) continue;
    const Alarm* const holder = HolderOf(alarms, story.address, stored.event);
    if (holder != nullptr && !report->held_by) report->held_by = *holder;
    DoubtEvent(alarms, story.address, &stored.event);
  }
  for (Event& event : story.decisive) {
    const bool is_undone = event.is_void;
    DoubtEvent(alarms, story.address, &event);
    const bool is_failure = event.action == Action::kFailed;
    if (is_undone || !is_failure) continue;
    if (event.is_void) {
      ++story.failures.released;
    } else if (event.is_held) {
      ++story.failures.held;
    }
  }
}

Result<StatusReport> ReadStatus(Reader* reader, const SitePolicy& policy,
                                const Subject& subject, std::size_t max_events,
                                Timestamp now) {
  auto story = subject.is_domain()
                   ? reader->StatusOfDomain(subject, max_events)
                   : reader->Status(*subject.address(), max_events);
  if (!story) return story.error();
  const auto alarms = reader->Alarms();
  if (!alarms) return alarms.error();
  StatusReport report;
  report.story = *std::move(story);
  MoveTo(now, &report.story);
  MarkDoubts(*alarms, &report);
  const AddressStory& known = report.story;
  report.outlooks = LookAhead({known.decisive, known.deliveries, known.actions},
                              policy.list, now);
  if (DeliveriesCount(known)) report.settles = policy.list.success_settle;
  for (const StoredEvent& event : known.events) {
    report.why_not.push_back(WhyNot(event, policy));
  }
  if (subject.is_domain()) return report;
  auto delivered = FindDelivery(reader, policy, known);
  if (!delivered) return delivered.error();
  report.delivered = *std::move(delivered);
  return report;
}

}  // namespace postbounce
