#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <memory>
#include <string>

#include "daemon/cli/person.h"
#include "daemon/cli/verb.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::int64_t release = 0;
  std::int64_t confirm = 0;
  std::int64_t reopen = 0;
  std::string why;
  bool json = false;
};

void PrintAlarm(const json::object& alarm) {
  const std::string name = ShownField(alarm, "name");
  fmt::print("{:>5}  {:<10} {:<20} {:<20} {}{}{}\n",
             alarm.at("alarm").to_number<std::int64_t>(),
             ShownField(alarm, "state"), ShownField(alarm, "since"),
             ShownField(alarm, "until"), ShownField(alarm, "kind"),
             name.empty() ? "" : " ", name);
}

void PrintAnswer(const json::object& answer) {
  const json::array& alarms = answer.at("alarms").as_array();
  if (alarms.empty()) {
    fmt::print("no alarm: nothing has failed more than usual\n");
  } else {
    fmt::print("{:>5}  {:<10} {:<20} {:<20} {}\n", "ALARM", "STATE", "SINCE",
               "UNTIL", "WHAT FAILED");
  }
  for (const json::value& alarm : alarms) PrintAlarm(alarm.as_object());
  const auto held = answer.at("held").to_number<std::int64_t>();
  fmt::print("{} {} held: mail to them goes on\n", held,
             held == 1 ? "address is" : "addresses are");
}

int RunShow(CommandLine& line, const Options& options) {
  json::object request;
  request["verb"] = "held";
  return AskAndPrint(line, request, options.json, PrintAnswer);
}

int RunResolve(CommandLine& line, const Options& options, std::int64_t alarm,
               const char* state) {
  json::object request;
  request["verb"] = "resolve";
  request["alarm"] = alarm;
  request["state"] = state;
  request["actor"] = PersonAtKeyboard();
  request["why"] = options.why;
  return AskAndPrint(
      line, request, options.json, [&](const json::object& answer) {
        fmt::print("alarm {} is {}: {} addresses are decided about anew\n",
                   alarm, state,
                   answer.at("affected").to_number<std::int64_t>());
      });
}

int RunHeld(CommandLine& line, const Options& options) {
  if (options.release != 0) {
    return RunResolve(line, options, options.release, "released");
  }
  if (options.confirm != 0) {
    return RunResolve(line, options, options.confirm, "confirmed");
  }
  if (options.reopen != 0) {
    return RunResolve(line, options, options.reopen, "open");
  }
  return RunShow(line, options);
}

}  // namespace

void AddHeldVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "held", "Alarms of the outage guard, and what becomes of them");
  CLI::Option* release =
      verb->add_option("--release", options->release,
                       "the failures of this alarm meant nothing");
  CLI::Option* confirm = verb->add_option(
      "--confirm", options->confirm, "the failures of this alarm were true");
  CLI::Option* reopen = verb->add_option(
      "--reopen", options->reopen, "what this alarm covers is held again");
  confirm->excludes(release);
  reopen->excludes(release)->excludes(confirm);
  verb->add_option("--why", options->why, "a word for the change log");
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options] { line.exit_code = RunHeld(line, *options); });
}

}  // namespace postbounce
