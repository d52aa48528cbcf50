#ifndef POSTBOUNCE_DAEMON_FINDING_H_
#define POSTBOUNCE_DAEMON_FINDING_H_

#include <string_view>

#include "classifier/reason.h"
#include "mime/text/digest.h"
#include "mime/text/result.h"
#include "store/event.h"

namespace postbounce {

// What the list says of mail to an address.
struct Finding {
  ListState state = ListState::kNone;  // kActive and kHeld are the others
  Reason reason = Reason::kUnknown;
  Key128 key{};            // of the address, or of its domain: what is listed
  bool is_domain = false;  // which of these
  bool in_scope = false;   // for mail of one scope alone

  bool is_suppressed() const { return state == ListState::kActive; }

  // Takes note of a place on the list, if it weighs more than what was found
  // before: what suppresses does, then what is held. Whether it did.
  bool Weigh(ListState place, Reason its_reason) {
    const bool is_news =
        place == ListState::kActive
            ? !is_suppressed()
            : place == ListState::kHeld && state == ListState::kNone;
    if (!is_news) return false;
    state = place;
    reason = its_reason;
    return true;
  }
};

// What is asked of the list, and found.
struct Asked {
  std::string_view address;
  std::string_view sender;  // empty: not known, so all mail is meant
  Result<Finding> finding = Finding();
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_FINDING_H_
