#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "classifier/rule_check.h"
#include "daemon/cli/verb.h"
#include "daemon/config.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kShownBytes = 400;

struct Options {
  std::vector<std::string> files;
  bool json = false;
};

using Problems = std::vector<RuleProblem>;

bool IsUsable(const Problems& problems) {
  return std::all_of(
      problems.begin(), problems.end(),
      [](const RuleProblem& problem) { return problem.warning; });
}

void PrintJsonOf(const std::string& file, const Problems& problems) {
  json::array list;
  for (const RuleProblem& problem : problems) {
    list.push_back({{"where", problem.where},
                    {"text", problem.text},
                    {"warning", problem.warning}});
  }
  json::object result;
  result["file"] = file;
  result["valid"] = IsUsable(problems);
  result["problems"] = std::move(list);
  PrintJson(result);
}

void Print(const std::string& file, const Problems& problems) {
  for (const RuleProblem& problem : problems) {
    fmt::print("{}: {}{}\n", Printable(problem.where, kShownBytes),
               problem.warning ? "warning: " : "",
               Printable(problem.text, kShownBytes));
  }
  const auto warnings =
      std::count_if(problems.begin(), problems.end(),
                    [](const RuleProblem& problem) { return problem.warning; });
  fmt::print("{}: {} errors, {} warnings\n", Printable(file, kShownBytes),
             problems.size() - static_cast<std::size_t>(warnings), warnings);
}

// The files that the configuration names.
Result<std::vector<std::string>> ConfiguredFiles(const CommandLine& line) {
  auto config = LoadConfig(ConfigPathOf(line));
  if (!config) return config.error();
  return std::move(config->rules_files);
}

int RunCheck(const CommandLine& line, Options options) {
  if (options.files.empty()) {
    auto configured = ConfiguredFiles(line);
    if (!configured) return Complain(configured.error());
    options.files = *std::move(configured);
  }
  if (options.files.empty() && !options.json) {
    fmt::print("no rule files are configured\n");
  }
  int exit_code = kExitDone;
  std::vector<RuleFile> before(RuleSet::Shipped().begin(),
                               RuleSet::Shipped().end());
  for (const std::string& path : options.files) {
    auto text = ReadFile(path);
    if (!text) return Complain(text.error());
    RuleFile file{path, *std::move(text)};
    const Problems problems = CheckRules(before, file);
    if (options.json) {
      PrintJsonOf(path, problems);
    } else {
      Print(path, problems);
    }
    if (IsUsable(problems)) {
      before.push_back(std::move(file));
    } else {
      exit_code = kExitNo;
    }
  }
  return exit_code;
}

}  // namespace

void AddRulesVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("rules", "A site's own text rules");
  verb->require_subcommand(1);
  CLI::App* check = verb->add_subcommand(
      "check",
      "Says all that is wrong with rule files; exit code 1 if the "
      "daemon would refuse one");
  check->add_option("FILE", options->files,
                    "in the order of the configuration, instead of its own");
  check->add_flag("--json", options->json, "one JSON object a file");
  check->callback(
      [&line, options] { line.exit_code = RunCheck(line, *options); });
}

}  // namespace postbounce
