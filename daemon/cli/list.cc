#include <fmt/format.h>

#include <boost/json/value.hpp>
#include <memory>
#include <optional>
#include <string>

#include "daemon/cli/csv.h"
#include "daemon/cli/verb.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::string reason;
  std::string state;
  std::optional<std::string> scope;  // empty: what stops all mail
  bool allowed = false;
  std::string format = "plain";
  bool json = false;
};

constexpr std::string_view kCsvColumns[] = {
    "address", "state",  "reason",     "class",      "fault", "since",
    "until",   "status", "reply_code", "diagnostic", "scope"};

json::object ListRequest(const Options& options) {
  json::object request;
  request["verb"] = "list";
  if (!options.reason.empty()) request["reason"] = options.reason;
  if (!options.state.empty()) request["state"] = options.state;
  if (options.scope) request["scope"] = *options.scope;
  return request;
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
          fmt::print("{:<32} {:<20} {:<20} {}\n", "ADDRESS", "SINCE", "UNTIL",
                     "BY");
        }
        fmt::print("{:<32} {:<20} {:<20} {}\n",
                   ShownField(entry, "address", 400), ShownField(entry, "time"),
                   ShownField(entry, "until"), Ordered(entry));
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
  const int exit_code =
      EachEntry(*asker, ListRequest(options), [&](const json::object& entry) {
        if (options.json) return PrintJson(entry);
        if (count++ == 0) {
          fmt::print("{:<32} {:<20} {:<20} {:<12} {}\n", "ADDRESS", "SINCE",
                     "REASON", "SCOPE", "WHAT WAS SAID");
        }
        fmt::print("{:<32} {:<20} {:<20} {:<12} {}\n",
                   ShownField(entry, "address", 400),
                   ShownField(entry, "since"), Kind(entry), ScopeOf(entry),
                   Why(entry));
      });
  if (exit_code == kExitDone && !options.json && count == 0) {
    fmt::print("no address is on the list\n");
  }
  return exit_code;
}

void PrintCsv(const json::object& entry) {
  std::string row;
  for (std::string_view column : kCsvColumns) {
    if (!row.empty()) row += ',';
    row += CsvField(TextField(entry, column));
  }
  // RFC 4180 ends a line with CRLF.
  fmt::print("{}\r\n", row);
}

void PrintCsvHeader() {
  std::string row;
  for (std::string_view column : kCsvColumns) {
    if (!row.empty()) row += ',';
    row += column;
  }
  fmt::print("{}\r\n", row);
}

// An address with a line end in it would be two to whoever reads the export,
// and one that begins like a comment none: quoted it is the same address.
void PrintPlain(const json::object& entry) {
  const std::string_view address = TextField(entry, "address");
  if (address.find_first_of("\r\n") != std::string_view::npos) return;
  const json::value* except = entry.if_contains("except");
  if (except != nullptr && !except->get_array().empty()) {
    PrintError(
        "postbounce: {} is left out, since some of it are on the "
        "allow-list, such as {}\n",
        Printable(address, 400),
        Printable(except->get_array().front().get_string(), 400));
    return;
  }
  if (!address.starts_with('#')) {
    fmt::print("{}\n", address);
    return;
  }
  const std::size_t at = address.rfind('@');
  fmt::print("\"{}\"{}\n", address.substr(0, at), address.substr(at));
}

int RunExport(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  const std::string& format = options.json ? "jsonl" : options.format;
  if (format == "csv") PrintCsvHeader();
  json::object request = ListRequest(options);
  // "export" has addresses sooner, and of what is enforced only.
  if (format == "plain" &&
      (options.state.empty() || options.state == "active")) {
    request["verb"] = "export";
    request.erase("state");
  }
  // A line has no room for a scope: whoever reads it stops all mail.
  if (format == "plain" && !options.scope) request["scope"] = "";
  const int exit_code =
      EachEntry(*asker, request, [&](const json::object& entry) {
        if (format == "jsonl") return PrintJson(entry);
        if (format == "csv") return PrintCsv(entry);
        PrintPlain(entry);
      });
  return exit_code;
}

void AddFilter(CLI::App* verb, Options* options) {
  verb->add_option("--reason", options->reason, "only those of this reason");
  verb->add_option("--scope", options->scope,
                   "only those that stop mail of this scope alone; empty: "
                   "only those that stop all mail");
  verb->add_option("--state", options->state,
                   "active (the default), held, expired, removed or all")
      ->check(CLI::IsMember({"active", "held", "expired", "removed", "all"}));
}

}  // namespace

void AddListVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("list", "The suppressed addresses");
  AddFilter(verb, options.get());
  CLI::Option* allowed =
      verb->add_flag("--allowed", options->allowed, "the allow-list instead");
  for (const char* other : {"--reason", "--scope", "--state"}) {
    allowed->excludes(verb->get_option(other));
  }
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options] { line.exit_code = RunList(line, *options); });
}

void AddExportVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("export", "The suppression list for other programs");
  CLI::Option* format =
      verb->add_option("--format", options->format, "plain, csv or jsonl")
          ->check(CLI::IsMember({"plain", "csv", "jsonl"}))
          ->capture_default_str();
  AddFilter(verb, options.get());
  verb->add_flag("--json", options->json, "the same as --format jsonl")
      ->excludes(format);
  verb->callback(
      [&line, options] { line.exit_code = RunExport(line, *options); });
}

}  // namespace postbounce
