#ifndef POSTBOUNCE_DAEMON_RUNTIME_H_
#define POSTBOUNCE_DAEMON_RUNTIME_H_

#include <memory>
#include <string>

#include "classifier/rule_set.h"
#include "daemon/answers.h"
#include "daemon/config.h"
#include "mime/reading.h"
#include "mime/text/result.h"
#include "mime/text/verp_keys.h"

namespace postbounce {

// What a reload replaces as a whole. A message keeps the one it began with.
// Immutable and thread-safe.
struct Runtime {
  Config config;
  RuleSet rules;
  ReadOptions read_options;
  VerpKeys verp_keys = {};  // none: nothing is signed
  Answers answers = {};     // none: mail to anybody goes on
};

// Reads the configuration, every rule file it names and the keys. An error
// names file and line, and nothing has changed.
Result<std::shared_ptr<const Runtime>> LoadRuntime(
    const std::string& config_path);

// The shipped rules and `own_files` behind them.
Result<RuleSet> LoadRules(const std::vector<std::string>& own_files);
// The same of files that are read already.
Result<RuleSet> RulesWith(std::vector<RuleFile> own_files);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_RUNTIME_H_
