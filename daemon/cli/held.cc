#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <memory>
#include <string>

#include "daemon/cli/person.h"
#include "daemon/cli/verb.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::int64_t alarm = 0;
  std::int64_t release = 0;
  std::int64_t confirm = 0;
  std::int64_t reopen = 0;
  std::string why;
  bool json = false;
};

std::int64_t NumberIn(const json::object& object, const char* name) {
  return object.at(name).to_number<std::int64_t>();
}

void PrintAlarm(const json::object& alarm) {
  const std::string name = ShownField(alarm, "name");
  fmt::print("{:>5}  {:<10} {:<20} {:<20} {:>7}  {}{}{}\n",
             NumberIn(alarm, "alarm"), ShownField(alarm, "state"),
             ShownField(alarm, "since"), ShownField(alarm, "until"),
             NumberIn(alarm, "held"), ShownField(alarm, "kind"),
             name.empty() ? "" : " ", name);
  const std::string actor = ShownField(alarm, "actor");
  if (actor.empty()) return;
  const std::string why = ShownField(alarm, "why");
  fmt::print("       by {}{}{}\n", actor, why.empty() ? "" : ": ", why);
}

void PrintAlarms(const json::array& alarms) {
  if (alarms.empty()) {
    fmt::print("no alarm: nothing has failed more than usual\n");
    return;
  }
  fmt::print("{:>5}  {:<10} {:<20} {:<20} {:>7}  {}\n", "ALARM", "STATE",
             "SINCE", "UNTIL", "HOLDS", "WHAT FAILED");
  for (const json::value& alarm : alarms) PrintAlarm(alarm.as_object());
}

void PrintAll(const json::object& answer) {
  const json::array& alarms = answer.at("alarms").as_array();
  PrintAlarms(alarms);
  const auto more = NumberIn(answer, "alarm_count") -
                    static_cast<std::int64_t>(alarms.size());
  if (more > 0) fmt::print("{} more are older\n", more);
  const auto held = NumberIn(answer, "held");
  fmt::print("{} {} held: mail to them goes on\n", held,
             held == 1 ? "address is" : "addresses are");
}

void PrintOne(const json::object& answer) {
  const json::array& alarms = answer.at("alarms").as_array();
  PrintAlarms(alarms);
  const json::array& addresses = answer.at("addresses").as_array();
  for (const json::value& address : addresses) {
    fmt::print("{}\n", Printable(address.as_string(), 320));
  }
  const auto more = NumberIn(alarms.at(0).as_object(), "held") -
                    static_cast<std::int64_t>(addresses.size());
  if (more > 0) fmt::print("and {} more\n", more);
}

int RunShow(CommandLine& line, const Options& options) {
  json::object request;
  request["verb"] = "held";
  if (options.alarm != 0) request["alarm"] = options.alarm;
  return AskAndPrint(line, request, options.json,
                     options.alarm != 0 ? PrintOne : PrintAll);
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
  const auto add = [&](const char* name, std::int64_t* number,
                       const char* help) {
    return verb->add_option(name, *number, help)->check(CLI::PositiveNumber);
  };
  CLI::Option* shown =
      add("ALARM", &options->alarm, "shows the addresses of this one");
  CLI::Option* release = add("--release", &options->release,
                             "the failures of this alarm meant nothing");
  CLI::Option* confirm = add("--confirm", &options->confirm,
                             "the failures of this alarm were true");
  CLI::Option* reopen =
      add("--reopen", &options->reopen, "what this alarm covers is held again");
  release->excludes(shown);
  confirm->excludes(shown)->excludes(release);
  reopen->excludes(shown)->excludes(release)->excludes(confirm);
  verb->add_option("--why", options->why, "a word for the change log");
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options] { line.exit_code = RunHeld(line, *options); });
}

}  // namespace postbounce
