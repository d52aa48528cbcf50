#ifndef POSTBOUNCE_CLASSIFIER_RULE_FILE_H_
#define POSTBOUNCE_CLASSIFIER_RULE_FILE_H_

#include <re2/re2.h>

#include <optional>
#include <string>
#include <vector>

#include "classifier/reason.h"
#include "classifier/rule_set.h"

namespace postbounce {

// A text that a rule must decide.
struct RuleExample {
  std::string where;  // "file:line"
  std::string text;
};

// One [[rule]] as its file states it: checked as far as that is possible
// without compiling `match`, which CheckMatch() and RuleSet::Compile() do.
struct RuleSource {
  std::string where;  // "file:line", for messages
  std::string name;
  std::string match_where;
  std::string match;
  std::string remote;          // empty: whoever said it
  std::string remote_example;  // set when `remote` is
  Reason reason = Reason::kUnknown;
  std::optional<Fault> fault;  // relay-denied alone may state it
  bool temporary = false;
  bool weak = false;
  bool second_day = false;
  bool is_shipped = false;
  std::vector<RuleExample> examples;  // at least one
};

// What is wrong with a rule, and where.
struct RuleError {
  std::string where;  // "file:line", or "file"
  std::string text;
};

struct RuleFileContents {
  std::vector<RuleSource> rules;  // those without errors, in their order
  std::vector<RuleError> errors;
};

// Bounds of a rule file; beyond them it is an error.
inline constexpr std::size_t kMaxRuleFileSize = 1u << 20;
inline constexpr std::size_t kMaxRulesPerFile = 5000;
inline constexpr std::size_t kMaxPatternSize = 2000;

// Finds all errors, not only the first; but none behind one of TOML's syntax.
RuleFileContents ReadRuleFile(const RuleFile& file);

// What is wrong with a compiled `match`; empty if nothing is.
std::string CheckMatch(const RE2& match);

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_RULE_FILE_H_
