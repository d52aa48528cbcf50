#include <fmt/format.h>

#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>

#include "daemon/cli/list_filter.h"
#include "daemon/cli/verb.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  ListFilter filter;
  bool allowed = false;
  bool json = false;
};

// The columns fill 80 together; below them what is as long as it is.
void PrintRow(const std::string& address, const std::string& since,
              const std::string& what, const std::string& scope,
              const std::string& words) {
  const std::string columns =
      fmt::format("{:<34} {:<10} {:<20} {}", address, since, what, scope);
  fmt::print("{}\n", columns.substr(0, columns.find_last_not_of(' ') + 1));
  if (!words.empty()) fmt::print("    {}\n", Printable(words, 76));
}

// Of a time; JSON has it to the second.
std::string Day(const json::object& entry, std::string_view key) {
  return ShownField(entry, key).substr(0, 10);
}

std::string Ordered(const json::object& order) {
  const std::string why = ShownField(order, "why", 72);
  return ShownField(order, "actor", 40) + (why.empty() ? "" : ": " + why);
}

// The words that decided say most in one line; else who ordered it, and why.
std::string Why(const json::object& entry) {
  const json::value* by = entry.if_contains("by");
  if (by != nullptr && by->is_object()) return Ordered(by->get_object());
  std::string why = ShownField(entry, "diagnostic", 72);
  if (why.empty()) why = ShownField(entry, "rule");
  const std::string taken = ShownField(entry, "contradicted");
  if (!why.empty() || taken.empty()) return why;
  return "a server took mail for it at " + taken;
}

std::string ScopeOf(const json::object& entry) {
  const std::string scope = ShownField(entry, "scope", 40);
  return scope.empty() ? "all mail" : scope;
}

// The reason, and a state that is not the usual one.
std::string Kind(const json::object& entry) {
  const std::string kind = ShownField(entry, "reason");
  const std::string state = ShownField(entry, "state");
  return state == "active" ? kind : kind + ", " + state;
}

int RunAllowList(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  std::size_t count = 0;
  json::object request;
  request["verb"] = "allow-list";
  const int exit_code =
      EachEntry(*asker, request, [&](const json::object& entry) {
        if (options.json) return PrintJson(entry);
        if (count++ == 0) {
          PrintRow("ADDRESS", "SINCE", "UNTIL", "", "BY WHOM, AND WHY");
        }
        PrintRow(ShownField(entry, "address", 400), Day(entry, "time"),
                 ShownField(entry, "until"), "", Ordered(entry));
      });
  if (exit_code == kExitDone && !options.json && count == 0) {
    fmt::print("the allow-list is empty\n");
  }
  return exit_code;
}

int RunList(CommandLine& line, const Options& options) {
  if (options.allowed) return RunAllowList(line, options);
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  std::size_t count = 0;
  const int exit_code = EachEntry(
      *asker, options.filter.RequestOf("list"), [&](const json::object& entry) {
        if (options.json) return PrintJson(entry);
        if (count++ == 0) {
          PrintRow("ADDRESS", "SINCE", "REASON", "SCOPE", "WHAT WAS SAID");
        }
        PrintRow(ShownField(entry, "address", 400), Day(entry, "since"),
                 Kind(entry), ScopeOf(entry), Why(entry));
      });
  if (exit_code == kExitDone && !options.json && count == 0) {
    fmt::print("no address is on the list\n");
  }
  return exit_code;
}

}  // namespace

void AddListVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("list", "The suppressed addresses");
  options->filter.AddTo(verb);
  CLI::Option* allowed =
      verb->add_flag("--allowed", options->allowed, "the allow-list instead");
  for (CLI::Option* other : options->filter.options()) {
    allowed->excludes(other);
  }
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options] { line.exit_code = RunList(line, *options); });
}

}  // namespace postbounce
