#ifndef POSTBOUNCE_CLASSIFIER_VERDICT_H_
#define POSTBOUNCE_CLASSIFIER_VERDICT_H_

#include <optional>
#include <string>

#include "classifier/enhanced_status.h"
#include "classifier/reason.h"
#include "classifier/reply_code.h"

namespace postbounce {

// Why a delivery ended as it did, and what decided that.
struct Verdict {
  Reason reason = Reason::kUnknown;
  // May differ from the reason's own class: a hard reason that is not
  // permanent, or whose mail did not fail, is soft.
  ReasonClass reason_class = ReasonClass::kSoft;
  Fault fault = Fault::kUnknown;
  bool permanent = false;  // class 5 of Status or reply, not lowered by text
  // What decided is said of live addresses, too, now and then: it must be said
  // again on another day (a rule's "second_day").
  bool wants_second_day = false;
  // What decided: a rule's name, "own-refusal", "code 5.1.1" (in the text),
  // "status 5.1.1" (the field), "reply 552", "action delivered" or "none".
  std::string rule;
  std::string words;  // what it matched, as it stood, clipped; may be ""
  // The code that says most: one in the text that says why, if it has the
  // class of the Status field; else that field's. Where neither is, what the
  // outcome implies: 5.0.0, 4.0.0, or 4.4.7 for a mail that expired.
  std::optional<EnhancedStatus> status;
  std::optional<ReplyCode> reply;  // the one before that code, else the first

  bool operator==(const Verdict&) const = default;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_VERDICT_H_
