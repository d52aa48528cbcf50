#include "store/guarded_event.h"

#include <algorithm>

#include "mime/text/text.h"
#include "store/log_keys.h"
#include "store/relay_site.h"

namespace postbounce {
namespace {

constexpr std::string_view kNoServer = "none";

// Nobody takes a full mailbox for an outage.
bool IsGuarded(const Event& event) {
  return event.reason_class == ReasonClass::kHard;
}

}  // namespace

GuardNames::GuardNames(std::string_view address, std::string_view relay)
    : is_without_server_(relay == kNoServer),
      domain_(NormalDomain(DomainOf(address))) {
  if (is_without_server_) return;
  next_hop_ = ToLower(relay);
  operator_domain_ = SiteOf(next_hop_);
}

GuardedOutcome GuardNames::Failed(Timestamp time) const {
  GuardedOutcome outcome = Delivered(time);
  outcome.failed = true;
  outcome.without_server = is_without_server_;
  return outcome;
}

GuardedOutcome GuardNames::Delivered(Timestamp time) const {
  GuardedOutcome outcome;
  outcome.time = time;
  outcome.domain = domain_;
  outcome.operator_domain = operator_domain_;
  outcome.next_hop = next_hop_;
  return outcome;
}

void DoubtEvent(std::span<const Alarm> alarms, std::string_view address,
                Event* event) {
  if (alarms.empty() || !IsGuarded(*event)) return;
  const GuardNames names(address, event->relay);
  const auto doubt = DoubtOf(alarms, names.Failed(event->time));
  event->is_held |= doubt == Doubt::kHeld;
  event->is_void |= doubt == Doubt::kVoid;
}

const Alarm* HolderOf(std::span<const Alarm> alarms, std::string_view address,
                      const Event& event) {
  if (!IsGuarded(event)) return nullptr;
  const GuardNames names(address, event.relay);
  const GuardedOutcome outcome = names.Failed(event.time);
  const auto holder =
      std::find_if(alarms.begin(), alarms.end(), [&](const Alarm& alarm) {
        return alarm.state == AlarmState::kOpen && Covers(alarm, outcome);
      });
  return holder == alarms.end() ? nullptr : &*holder;
}

}  // namespace postbounce
