#ifndef POSTBOUNCE_STORE_DECIDE_H_
#define POSTBOUNCE_STORE_DECIDE_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mime/text/timestamp.h"
#include "store/event.h"
#include "store/policy.h"

namespace postbounce {

// A server took a mail for the address, as a trusted log says.
struct Acceptance {
  Timestamp time{};
  MessageRef message;
  std::string scope;  // as of Event; empty: it speaks for every scope

  bool operator==(const Acceptance&) const = default;
};

// What a person has ordered for an address, or a domain.
struct ListAction {
  // Values are stored; do not change them.
  enum class Kind { kSuppress = 1, kRemove = 2 };
  ActionId id{};
  Kind kind = Kind::kSuppress;
  Timestamp time{};
  std::string scope;                 // empty: for all mail
  Reason reason = Reason::kUnknown;  // of kSuppress
  std::optional<Timestamp> until;    // of kSuppress

  bool operator==(const ListAction&) const = default;
};

// All that is known of one address. In any order.
struct History {
  std::span<const Event> events;
  std::span<const Acceptance> deliveries;
  std::span<const ListAction> actions;
};

// True for an event that Decide() may act upon. All others need not be
// loaded: an address with 100 000 deferrals is decided as fast as any.
bool IsDecisive(const Event& event);

// So many decisive events, the newest, are all that Decide() needs to see.
inline constexpr std::size_t kDecisiveEvents = 1000;

// The list is a fold: this function over everything known of one address.
// Pure, O(n log n). Gives what is not kNone, by scope: the one for all mail
// first. What is later than `now` does not count yet. Nothing else moves with
// `now` but what StateAt() says, and deliveries, which settle
// policy.success_settle after their time.
std::vector<Decision> Decide(const History& history, const ListPolicy& policy,
                             Timestamp now);

// How near failures that add up have come to a suppression.
struct FailureTally {
  Reason reason = Reason::kUnknown;  // of the last of them
  std::size_t days = 0;              // with such failures
  std::size_t days_needed = 0;
  std::chrono::seconds span{0};  // from the first of them to the last
  std::chrono::seconds span_needed{0};

  bool operator==(const FailureTally&) const = default;
};

// What further failures would do, for all mail or in one scope.
struct Outlook {
  std::string scope;
  // The next failure, if it is one that says what it means, suppresses again,
  // or prolongs: there was a suppression, and no delivery since.
  bool on_probation = false;
  std::vector<FailureTally> tallies;  // of failures that were not enough yet

  bool operator==(const Outlook&) const = default;
};

// By scope, the one for all mail first; those that have nothing to say are left
// out, and so are failures that the outage guard doubts. Else as Decide().
std::vector<Outlook> LookAhead(const History& history, const ListPolicy& policy,
                               Timestamp now);

// When the last delivery was, by `now`, that says something about the address:
// not that of a message which has failed as well, and none where a server has
// taken mail for it and sent it back. Whether the guard doubts the failures
// does not matter.
std::optional<Timestamp> LastBelievable(const History& history, Timestamp now);

// A failure that speaks against a whole domain.
struct DomainFailure {
  Event event;
  std::int64_t address = 0;  // tells addresses apart
};

// The same for a domain as such, of which `actions` speak as well.
std::optional<Decision> DecideDomain(std::span<const DomainFailure> failures,
                                     std::span<const Acceptance> deliveries,
                                     std::span<const ListAction> actions,
                                     const ListPolicy& policy, Timestamp now);

// The state at a later time than it was decided at. A held one whose time is
// over is none, since it never stopped a mail.
ListState StateAt(const Decision& decision, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_DECIDE_H_
