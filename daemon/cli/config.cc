#include "daemon/config.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "daemon/cli/verb.h"
#include "daemon/runtime.h"
#include "daemon/standard_error.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::string file;
  bool json = false;
};

// What is wrong with the program of guard.alert, or nothing: the daemon starts
// without it.
std::string AlertTrouble(const Config& config) {
  const std::string& path = config.guard_alert;
  if (path.empty()) return "";
  struct stat file {};
  if (stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) &&
      access(path.c_str(), X_OK) == 0) {
    return "";
  }
  return "guard.alert: " + path + " is no program that can be run";
}

int RunCheck(CommandLine& line, const Options& options) {
  std::string path = options.file;
  if (path.empty()) path = line.config_path;
  if (path.empty()) path = kDefaultConfigPath;
  const auto runtime = LoadRuntime(path);
  const std::string trouble =
      runtime ? AlertTrouble((*runtime)->config) : std::string();
  if (options.json) {
    json::object result;
    result["file"] = path;
    result["valid"] = runtime.has_value();
    if (!runtime) result["error"] = runtime.error().text();
    if (!trouble.empty()) result["warning"] = trouble;
    PrintJson(result);
  } else if (runtime) {
    fmt::print("{} is valid; {} rules\n", path, (*runtime)->rules.size());
    if (!trouble.empty()) PrintError("warning: {}\n", trouble);
  } else {
    PrintError("{}\n", runtime.error().ToString());
  }
  return runtime ? kExitDone : kExitNo;
}

}  // namespace

void AddConfigVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("config", "The configuration file");
  verb->require_subcommand(1);
  CLI::App* check = verb->add_subcommand(
      "check", "Reads it as the daemon would; exit code 1 if it is refused");
  check->add_option("FILE", options->file, "instead of the usual one");
  check->add_flag("--json", options->json, "one JSON object");
  check->callback(
      [&line, options] { line.exit_code = RunCheck(line, *options); });
}

}  // namespace postbounce
