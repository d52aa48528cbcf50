#ifndef POSTBOUNCE_STORE_EVENT_H_
#define POSTBOUNCE_STORE_EVENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "classifier/reason.h"
#include "mime/text/action.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// Surrogate ids, in the order of storing.
enum class AddressId : std::int64_t {};
enum class EventId : std::int64_t {};
enum class MailId : std::int64_t {};
enum class ActionId : std::int64_t {};  // of what a person has ordered
enum class AlarmId : std::int64_t {};   // of the outage guard

// Whether the list may change for an account of a failure; if not, why not.
// Values are stored; do not change them.
enum class Standing {
  kUnproven = 0,  // nothing but the mail itself says so
  kCounts = 1,
  kNotOurs = 2,    // of mail that this site did not send for itself
  kUntrusted = 3,  // from a log that is only shown
  kTooOld = 4,     // of a message that was sent before policy.proof_window
};
std::string_view StandingName(Standing standing);  // "not-ours"

// How an account is bound to a message of ours and to its recipient. Values are
// stored.
enum class Proof { kNone = 0, kWeak = 1, kStrong = 2 };
std::string_view ProofName(Proof proof);  // "strong"

// Which message of the logs: queue ids repeat.
struct MessageRef {
  std::uint64_t id = 0;  // a hash of instance and queue id
  Timestamp first_seen{};

  bool operator==(const MessageRef&) const = default;
};
// Two logs may differ by some seconds in when they first saw a message.
bool IsSameMessage(const MessageRef& a, const MessageRef& b);

// One outcome of one message for one recipient. Witnesses point to it.
struct Event {
  EventId id{};
  Timestamp time{};  // of the first account of the outcome below
  Action action = Action::kOther;
  Reason reason = Reason::kUnknown;
  ReasonClass reason_class = ReasonClass::kSoft;
  bool permanent = false;
  Standing standing = Standing::kCounts;
  // The next server had taken the mail, and it came back later.
  bool after_acceptance = false;
  // What was said is not always meant: it wants a second day, see RuleSet.
  bool wants_second_day = false;
  // Whose mail it was: a [[scope]] of the configuration, else the sender's
  // domain; empty where that is not known.
  std::string scope;
  // The host that took or refused the mail; "none" if none was asked.
  std::string relay;
  std::optional<MessageRef> message;  // where a log knows it
  // The outage guard doubts it: see Alarm.
  bool is_held = false;
  // An operator has undone it, or the guard has found that it meant nothing.
  bool is_void = false;

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

// What the history of an address amounts to, for all mail or in one scope.
struct Decision {
  std::string scope;  // empty: for all mail
  ListState state = ListState::kNone;
  Reason reason = Reason::kUnknown;
  Timestamp since{};  // 0 with kNone
  // In whole seconds; none: until something else happens.
  std::optional<Timestamp> until;
  std::optional<EventId> because;  // the event that decided
  std::optional<ActionId> by;      // or the action
  // Mail was delivered since: somebody may want to look.
  std::optional<Timestamp> contradicted;

  bool operator==(const Decision&) const = default;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_EVENT_H_
