#ifndef POSTBOUNCE_CLASSIFIER_RULE_CHECK_H_
#define POSTBOUNCE_CLASSIFIER_RULE_CHECK_H_

#include <span>
#include <string>
#include <vector>

#include "classifier/rule_set.h"

namespace postbounce {

// One thing that is wrong in a rule file.
struct RuleProblem {
  std::string where;  // "file:line", or "file"
  std::string text;   // one printable sentence
  bool warning;       // the file can be used all the same
};

// Everything that is wrong with `mine`, in the order of its lines: syntax, bad
// expressions, unknown keys, second rules of a name or an expression, examples
// that another rule decides or none, rules that are never reached, and shipped
// rules that `mine` hides. The examples run with all of `shipped` in place. A
// rule that is itself wrong takes no part in what the others are tested for.
std::vector<RuleProblem> CheckRules(std::span<const RuleFile> shipped,
                                    const RuleFile& mine);

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_RULE_CHECK_H_
