#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "daemon/cli/explain_input.h"
#include "daemon/cli/explain_print.h"
#include "daemon/cli/progress.h"
#include "daemon/cli/reason_words.h"
#include "daemon/cli/verb.h"
#include "daemon/explanation.h"
#include "daemon/runtime.h"

namespace postbounce {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string taxonomy;
  bool json = false;
};

// A daemon's own rules count here too, but none is needed.
Result<RuleSet> RulesFor(const CommandLine& line) {
  if (line.config_path.empty() && access(kDefaultConfigPath, R_OK) != 0) {
    return LoadRules({});
  }
  const auto config = LoadConfig(ConfigPathOf(line));
  if (!config) return config.error();
  return LoadRules(config->rules_files);
}

int RunExplain(CommandLine& line, const Options& options) {
  const auto rules = RulesFor(line);
  if (!rules) return Complain(rules.error());
  int exit_code = kExitDone;
  Progress progress;
  const auto complain = [&](const Error& error) {
    progress.Clear();
    exit_code = Complain(error);
  };
  const auto explain = [&](const Input& input) {
    Judgement judgement = JudgeInput(input.form, input.bytes, *rules);
    judgement.reading.truncated |= input.cut;
    if (options.json) {
      PrintJudgementJson(input, judgement, options.taxonomy);
    } else {
      PrintJudgement(input, judgement, options.taxonomy);
    }
    progress.Step();
  };
  for (const std::string& name : options.files) {
    const auto files = FilesOf(name);
    if (!files) {
      complain(files.error());
      continue;
    }
    for (const std::string& file : *files) {
      if (const auto done = ReadInput(file, explain); !done) {
        complain(done.error());
      }
    }
  }
  return exit_code;
}

}  // namespace

void AddExplainVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  options->files = {"-"};
  CLI::App* verb = app.add_subcommand(
      "explain", "Says what a bounce means; needs no daemon and no store");
  verb->add_option("FILE", options->files,
                   "messages, mboxes, mail logs or folders of them; \"-\" is "
                   "standard input, which may also be a diagnostic text");
  AddTaxonomyOption(*verb, options->taxonomy);
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options] { line.exit_code = RunExplain(line, *options); });
}

}  // namespace postbounce
