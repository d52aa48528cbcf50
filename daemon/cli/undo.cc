#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/cli/person.h"
#include "daemon/cli/verb.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  // Name in the filter, and what was given for it.
  std::vector<std::pair<const char*, std::optional<std::string>>> texts = {
      {"since", {}},  {"until", {}}, {"reason", {}}, {"rule", {}},
      {"domain", {}}, {"scope", {}}, {"source", {}}, {"actor", {}}};
  std::vector<std::string> addresses;
  std::int64_t action = 0;
  std::string why;
  bool dry_run = false;
  bool list = false;
  bool json = false;
};

json::object RequestOf(const Options& options) {
  json::object filter;
  for (const auto& [name, text] : options.texts) {
    if (text) filter[name] = *text;
  }
  if (options.action != 0) filter["action"] = options.action;
  if (!options.addresses.empty()) {
    filter["addresses"] =
        json::array(options.addresses.begin(), options.addresses.end());
  }
  json::object request;
  request["verb"] = "undo";
  request["filter"] = std::move(filter);
  request["actor"] = PersonAtKeyboard();
  request["why"] = options.why;
  request["dry_run"] = options.dry_run;
  return request;
}

std::string Shown(const json::object& effect, const char* key) {
  const json::object& decision = effect.at(key).as_object();
  const std::string state = ShownField(decision, "state");
  const std::string reason = ShownField(decision, "reason");
  return reason.empty() ? state : fmt::format("{} ({})", state, reason);
}

void PrintEffect(const json::object& effect) {
  const std::string address = ShownField(effect, "address", 400);
  if (effect.contains("allowed")) {
    fmt::print("{:<32} {}\n", address,
               IsSet(effect, "allowed") ? "on the allow-list"
                                        : "no longer on the allow-list");
    return;
  }
  fmt::print("{:<32} {} -> {}\n", address, Shown(effect, "before"),
             Shown(effect, "after"));
}

void PrintAnswer(const json::object& answer, bool dry_run) {
  const auto number = [&](const char* key) {
    return answer.at(key).to_number<std::int64_t>();
  };
  const json::array& effects = answer.at("effects").as_array();
  for (const json::value& effect : effects) PrintEffect(effect.as_object());
  const auto shown = static_cast<std::int64_t>(effects.size());
  const std::int64_t changes = number("affected");
  if (changes > shown) fmt::print("and {} more\n", changes - shown);
  const std::int64_t taken = number("failures") + number("orders");
  if (taken == 0 && answer.at("action").is_null()) {
    fmt::print("nothing to undo\n");
    return;
  }
  fmt::print("{} of the list {}, by {} and {}\n", Counted(changes, "change"),
             dry_run ? "would be made" : "made",
             Counted(number("failures"), "failure"),
             Counted(number("orders"), "order"));
  if (dry_run) return;
  fmt::print("postbounce undo --action {} takes this back\n", number("action"));
}

std::string NumberOrNone(const json::object& entry, const char* key) {
  const json::value& value = entry.at(key);
  return value.is_null() ? "" : std::to_string(value.to_number<std::int64_t>());
}

// Who, why, and of which undo.
std::string ByWhom(const json::object& entry) {
  std::string text = ShownField(entry, "actor", 40);
  const std::string of = NumberOrNone(entry, "undo_of");
  if (!of.empty()) text += ", of action " + of;
  const std::string why = ShownField(entry, "why", 400);
  return why.empty() ? text : text + ": " + why;
}

constexpr std::string_view kUndoRow = "{:<8} {:<20} {:>8} {:>7} {:<10} {}\n";

int RunUndoList(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  json::object request;
  request["verb"] = "undos";
  bool any = false;
  const int exit_code =
      EachEntry(*asker, request, [&](const json::object& entry) {
        if (options.json) return PrintJson(entry);
        if (!any) {
          fmt::print(kUndoRow, "ACTION", "TIME", "FAILURES", "ORDERS",
                     "UNDONE BY", "BY");
        }
        any = true;
        fmt::print(kUndoRow, NumberOrNone(entry, "action"),
                   ShownField(entry, "time"), NumberOrNone(entry, "failures"),
                   NumberOrNone(entry, "orders"),
                   NumberOrNone(entry, "undone_by"), ByWhom(entry));
      });
  if (exit_code == kExitDone && !options.json && !any) {
    fmt::print("nothing was ever undone\n");
  }
  return exit_code;
}

int RunUndo(CommandLine& line, const Options& options) {
  if (options.list) return RunUndoList(line, options);
  return AskAndPrint(line, RequestOf(options), options.json,
                     [&](const json::object& answer) {
                       PrintAnswer(answer, options.dry_run);
                     });
}

// What CLI11 cannot be told: that something is to be said.
void RequireFilter(const Options& options) {
  if (options.list || options.action != 0 || !options.addresses.empty()) {
    return;
  }
  for (const auto& [name, text] : options.texts) {
    if (text) return;
  }
  throw CLI::RequiredError("ADDRESS, or an option that says what to undo,");
}

}  // namespace

void AddUndoVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "undo",
      "Takes back what has changed the list, as far as all options fit");
  constexpr const char* kHelp[] = {
      "since when the list was changed: 2026-11-21, 12h",
      "until when the list was changed",
      "for this reason",
      "by this rule",
      "at this domain",
      "for mail of this scope",
      "by a log, a bounce or an operator",
      "ordered by this person"};
  for (std::size_t i = 0; i < options->texts.size(); ++i) {
    auto& [name, text] = options->texts[i];
    verb->add_option(std::string("--") + name, text, kHelp[i]);
  }
  verb->add_option("--action", options->action, "one order, or undo")
      ->check(CLI::PositiveNumber);
  verb->add_option("ADDRESS", options->addresses,
                   "only for these, at most 1000");
  verb->add_flag("--list", options->list,
                 "all undos instead, the newest first");
  verb->add_flag("--dry-run", options->dry_run, "only show what would change");
  verb->add_option("--why", options->why, "what others should know of it");
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback([&line, options] {
    RequireFilter(*options);
    line.exit_code = RunUndo(line, *options);
  });
}

}  // namespace postbounce
