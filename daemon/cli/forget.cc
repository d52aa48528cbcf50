#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/person.h"
#include "daemon/cli/progress.h"
#include "daemon/cli/verb.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::vector<std::string> addresses;
  bool everybody = false;
  std::string why;
  bool dry_run = false;
  bool json = false;
};

constexpr const char* kCounts[] = {"mails", "messages", "words", "unread"};

std::int64_t NumberIn(const json::object& answer, const char* key) {
  return answer.at(key).to_number<std::int64_t>();
}

json::object RequestOf(const Options& options) {
  json::object request;
  request["verb"] = "forget";
  request["addresses"] =
      json::array(options.addresses.begin(), options.addresses.end());
  request["everybody"] = options.everybody;
  request["actor"] = PersonAtKeyboard();
  request["why"] = options.why;
  request["dry_run"] = options.dry_run;
  return request;
}

// The daemon does it a little at a time, whether it is asked to or not; who
// waits for the end asks.
Result<json::object> ForgetAll(Asker& asker, const Options& options) {
  auto all = asker.Ask(RequestOf(options));
  if (!all || options.dry_run) return all;
  Progress progress;
  while (!IsSet(*all, "done")) {
    const auto more = asker.Ask({{"verb", "forget"}});
    if (!more) return more;
    for (const char* count : kCounts) {
      (*all)[count] = NumberIn(*all, count) + NumberIn(*more, count);
    }
    (*all)["done"] = more->at("done");
    progress.Step();
  }
  progress.Clear();
  return all;
}

void PrintAnswer(const json::object& answer, const Options& options) {
  const std::int64_t count = NumberIn(answer, "addresses");
  if (options.everybody) {
    fmt::print("every address {}\n", options.dry_run
                                         ? "would be forgotten, for good"
                                         : "is forgotten, for good");
  } else {
    fmt::print("{} {} forgotten, of which {} known; {} suppressed\n",
               count == 1 ? "1 address" : fmt::format("{} addresses", count),
               options.dry_run ? "would be"
               : count == 1    ? "is"
                               : "are",
               NumberIn(answer, "known"), NumberIn(answer, "suppressed"));
  }
  if (options.dry_run) return;
  fmt::print("taken out of {}, {} of logs and {}\n",
             Counted(NumberIn(answer, "mails"), "mail"),
             Counted(NumberIn(answer, "messages"), "message"),
             Counted(NumberIn(answer, "words"), "note"));
  const std::int64_t unread = NumberIn(answer, "unread");
  if (unread > 0) {
    fmt::print(
        "{} in the inbox, which nobody has read, may tell more: see "
        "`postbounce inbox`, then forget again\n",
        Counted(unread, "mail"));
  }
  fmt::print("backups, exports and Postfix's own logs are out of reach\n");
}

int RunForget(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  const auto answer = ForgetAll(*asker, options);
  if (!answer) return Complain(answer.error());
  if (options.json) {
    PrintJson(*answer);
  } else {
    PrintAnswer(*answer, options);
  }
  return kExitDone;
}

}  // namespace

void AddForgetVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "forget", "Leaves only keyed hashes of addresses, for good");
  CLI::Option* addresses =
      verb->add_option("ADDRESS", options->addresses, "at most 1000");
  verb->add_flag("--all", options->everybody,
                 "every address there is, and will be: see store.privacy")
      ->excludes(addresses);
  verb->add_flag("--dry-run", options->dry_run, "only show what is known");
  verb->add_option("--why", options->why, "what others should know of it");
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback([&line, options] {
    if (options->addresses.empty() && !options->everybody) {
      throw CLI::RequiredError("ADDRESS or --all");
    }
    line.exit_code = RunForget(line, *options);
  });
}

}  // namespace postbounce
