#ifndef POSTBOUNCE_CLASSIFIER_CLASSIFIER_H_
#define POSTBOUNCE_CLASSIFIER_CLASSIFIER_H_

#include <string_view>

#include "classifier/evidence.h"
#include "classifier/rule_set.h"
#include "classifier/verdict.h"

namespace postbounce {

// Judges one recipient's evidence. Total and pure.
//
// Reason and fault: a marker of our own refusals, then a text rule, then a
// code inside the diagnostic, then Status, then a weak text rule, then codes
// that only name a subject (5.5.0), then the reply code, else unknown.
// Permanence: only the action and the class digit of Status (of the code in
// the text or the reply where there is no Status; the action alone where there
// is no code at all); a code or a reply of class 4 in the text lowers it, and a
// rule may.
// `hard` needs a failed action, permanence 5 and a hard reason. A 5.7.x needs
// a recipient phrase to become hard; a 5.1.x loses to a rate, quota, sender or
// authentication phrase: both are rules. A mail that expired keeps the reason
// of its last reply and is not permanent; `expired` is for silence.
//
// The actions delivered, relayed and expanded are their own reasons. A delayed
// recipient has the reason that the text or a code gives, and `delayed` only
// if none does; it is never permanent. Without Action, which RFC 3464 demands
// and many MTAs leave out, a code of class 5 means failed and one of class 2
// delivered.
Verdict Classify(const Evidence& evidence, const RuleSet& rules);
// The same for one of many, see MatchMemo.
Verdict Classify(const Evidence& evidence, const RuleSet& rules,
                 MatchMemo* memo);

// The marker that every refusal of ours carries: "[postbounce ".
inline constexpr std::string_view kOwnRefusalMarker = "[postbounce ";

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_CLASSIFIER_H_
