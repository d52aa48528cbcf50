#ifndef POSTBOUNCE_STORE_EVENT_H_
#define POSTBOUNCE_STORE_EVENT_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "classifier/reason.h"
#include "mime/text/action.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// Surrogate ids, in the order of storing.
enum class EventId : std::int64_t {};
enum class MailId : std::int64_t {};

// One outcome of one message for one recipient. Witnesses point to it.
struct Event {
  EventId id{};
  Timestamp time{};  // of the first account of the outcome below
  Action action = Action::kOther;
  Reason reason = Reason::kUnknown;
  ReasonClass reason_class = ReasonClass::kSoft;
  bool permanent = false;
  // Whether the list may change for it: one that is not proven, or not of our
  // own mail, is shown and no more.
  bool counts = true;

  bool operator==(const Event&) const = default;
};

// Where an address stands. Values are stored; do not change them.
enum class ListState {
  kNone = 0,    // not on the list
  kActive = 1,  // suppressed: enforced and exported
  kHeld = 2,    // waits for a person; mail goes on
  kExpired = 3,
  kRemoved = 4,
};
std::string_view StateName(ListState state);  // "active"

// What the events of an address amount to.
struct Decision {
  ListState state = ListState::kNone;
  Reason reason = Reason::kUnknown;
  Timestamp since{};               // 0 with kNone
  std::optional<Timestamp> until;  // none: until something else happens
  std::optional<EventId> because;  // the event that decided

  bool operator==(const Decision&) const = default;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_EVENT_H_
