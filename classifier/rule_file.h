#ifndef POSTBOUNCE_CLASSIFIER_RULE_FILE_H_
#define POSTBOUNCE_CLASSIFIER_RULE_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "classifier/reason.h"
#include "classifier/rule_set.h"
#include "mime/text/result.h"

namespace postbounce {

// One [[rule]] as its file states it: checked as far as that is possible
// without the other files. The expressions compile.
struct RuleSource {
  std::string where;  // "file:line", for messages
  std::string name;
  std::string match;
  std::string remote;          // empty: whoever said it
  std::string remote_example;  // set when `remote` is
  Reason reason = Reason::kUnknown;
  std::optional<Fault> fault;  // relay-denied alone may state it
  bool temporary = false;
  bool weak = false;
  std::vector<std::string> examples;  // at least one
};

// Bounds of a rule file; beyond them it is an error.
inline constexpr std::size_t kMaxRuleFileSize = 1u << 20;
inline constexpr std::size_t kMaxRulesPerFile = 5000;
inline constexpr std::size_t kMaxPatternSize = 2000;

// The rules of one file in their order. An error names file and line.
Result<std::vector<RuleSource>> ParseRuleFile(const RuleFile& file);

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_RULE_FILE_H_
