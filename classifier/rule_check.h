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
// that another rule decides or none, rules that are never reached, and rules of
// `earlier` files (the shipped ones, then the site's) that `mine` hides. The
// examples run with all of `earlier` in place, whose files have no errors. A
// rule that is itself wrong takes no part in what the others are tested for.
std::vector<RuleProblem> CheckRules(std::span<const RuleFile> earlier,
                                    const RuleFile& mine);

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_RULE_CHECK_H_
