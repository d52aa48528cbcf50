// Checks and compiles arbitrary bytes as a rule file, and runs what compiles
// on its own examples.
#include <cstddef>
#include <cstdint>
#include <string>

#include "classifier/rule_check.h"
#include "classifier/rule_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const postbounce::RuleFile file{
      "fuzz.toml", std::string(reinterpret_cast<const char*>(data), size)};
  const auto problems = postbounce::CheckRules({}, file);
  const auto rules = postbounce::RuleSet::Compile({&file, 1});
  // A file that cannot be used has a problem, and says which.
  if (!rules && problems.empty()) __builtin_trap();
  if (rules) rules->FailingExamples();
  return 0;
}
