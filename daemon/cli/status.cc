#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/cli/status_print.h"
#include "daemon/cli/verb.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::vector<std::string> addresses;
  bool json = false;
};

const json::array& ArrayField(const json::object& object,
                              std::string_view key) {
  static const json::array kEmpty;
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kEmpty;
}

// Asks for one address after the other, since a request has at most
// limits::kQueryLine bytes. The exit code.
int EachResult(CommandLine& line, std::string_view verb, const Options& options,
               const std::function<void(const json::object&)>& each) {
  const auto asker = AskerFor(line, Door::kQuery);
  if (!asker) return line.exit_code;
  for (const std::string& address : options.addresses) {
    json::object request;
    request["verb"] = verb;
    request["addresses"] = json::array{json::value(address)};
    const auto answer = asker->Ask(request);
    if (!answer) return Complain(answer.error());
    for (const json::value& result : ArrayField(*answer, "results")) {
      each(result.get_object());
    }
  }
  return kExitDone;
}

int RunStatus(CommandLine& line, const Options& options) {
  return EachResult(line, "status", options, [&](const json::object& story) {
    if (options.json) {
      PrintJson(story);
    } else {
      PrintStatus(story);
    }
  });
}

int RunCheck(CommandLine& line, const Options& options) {
  bool any = false;
  const int exit_code =
      EachResult(line, "check", options, [&](const json::object& result) {
        const bool suppressed = result.at("suppressed").get_bool();
        any = any || suppressed;
        if (options.json) return PrintJson(result);
        fmt::print("{:<12}{}\n", suppressed ? "suppressed" : "ok",
                   ShownField(result, "address", 400));
      });
  return exit_code == kExitDone && any ? kExitNo : exit_code;
}

using Run = int (*)(CommandLine&, const Options&);

void AddVerb(CLI::App& app, CommandLine& line, const char* name,
             const char* help, Run run) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(name, help);
  verb->add_option("ADDRESS", options->addresses, "the addresses")->required();
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options, run] { line.exit_code = run(line, *options); });
}

}  // namespace

void AddStatusVerb(CLI::App& app, CommandLine& line) {
  AddVerb(app, line, "status", "Everything known of an address", RunStatus);
}

void AddCheckVerb(CLI::App& app, CommandLine& line) {
  AddVerb(app, line, "check",
          "Whether addresses may be mailed; exit code 1 if one may not",
          RunCheck);
}

}  // namespace postbounce
