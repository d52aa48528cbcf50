#include <boost/json/array.hpp>
#include <memory>
#include <string>
#include <string_view>
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
// limits::kQueryLine bytes.
int RunStatus(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kQuery);
  if (!asker) return line.exit_code;
  int exit_code = kExitDone;
  for (const std::string& address : options.addresses) {
    json::object request;
    request["verb"] = "status";
    request["addresses"] = json::array{json::value(address)};
    const auto answer = asker->Ask(request);
    if (!answer) return Complain(answer.error());
    for (const json::value& result : ArrayField(*answer, "results")) {
      const json::object& story = result.as_object();
      const std::string_view error = TextField(story, "error");
      if (options.json) {
        PrintJson(story);
      } else if (error.empty()) {
        PrintStatus(story);
      }
      if (error.empty()) continue;
      exit_code = Complain(Error(ErrorCode::kSyntax, std::string(error)));
    }
  }
  return exit_code;
}

}  // namespace

void AddStatusVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("status", "Everything known of an address");
  verb->add_option("ADDRESS", options->addresses, "the addresses")->required();
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options] { line.exit_code = RunStatus(line, *options); });
}

}  // namespace postbounce
