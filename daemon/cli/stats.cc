#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "daemon/cli/verb.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMaxLimit = 1000;
constexpr std::size_t kText = 60;  // of a line of 80 columns

struct Options {
  std::string by;
  std::string since;
  std::string until;
  std::int64_t limit = 20;
  bool json = false;
};

std::uint64_t Number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  return value->to_number<std::uint64_t>();
}

std::string Share(std::uint64_t part, std::uint64_t all) {
  if (all == 0) return "-";
  return fmt::format(
      "{:.1f}%", 100.0 * static_cast<double>(part) / static_cast<double>(all));
}

void PrintCounts(const json::object& row, const std::string& name) {
  const std::uint64_t sent = Number(row, "sent");
  const std::uint64_t deferred = Number(row, "deferred");
  const std::uint64_t bounced = Number(row, "bounced");
  fmt::print("{:<33} {:>10} {:>10} {:>10} {:>7}\n", name, sent, deferred,
             bounced, Share(bounced, sent + bounced));
}

void PrintDelays(const json::object& answer) {
  const json::value* delays = answer.if_contains("delays");
  if (delays == nullptr || !delays->is_object()) return;
  fmt::print("\n{:<33} {:>10} {:>10} {:>10}\n", "SECONDS UNTIL SENT", "half",
             "90 of 100", "99 of 100");
  for (const auto& delay : delays->get_object()) {
    if (!delay.value().is_object()) continue;
    const json::object& of = delay.value().get_object();
    const auto seconds = [&of](std::string_view key) {
      return static_cast<double>(Number(of, key)) / 1000.0;
    };
    fmt::print("{:<33} {:>10.3f} {:>10.3f} {:>10.3f}\n",
               std::string_view(delay.key()), seconds("p50"), seconds("p90"),
               seconds("p99"));
  }
}

void PrintMail(const json::object& answer, const Options& options) {
  fmt::print("{:<33} {:>10} {:>10} {:>10} {:>7}\n", options.by, "sent",
             "deferred", "bounced", "lost");
  const json::value* rows = answer.if_contains("rows");
  std::uint64_t shown = 0;
  if (rows != nullptr && rows->is_array()) {
    for (const json::value& row : rows->get_array()) {
      if (!row.is_object()) continue;
      const std::string time = ShownField(row.get_object(), "time");
      const std::string name = ShownField(row.get_object(), "name", 33);
      PrintCounts(row.get_object(), !time.empty()  ? time
                                    : name.empty() ? "(not known)"
                                                   : name);
      ++shown;
    }
  }
  const std::uint64_t names = Number(answer, "names");
  if (names > shown) {
    fmt::print("{:<33}\n", fmt::format("and {} more (--limit)", names - shown));
  }
  const json::value* sum = answer.if_contains("sum");
  if (sum != nullptr && sum->is_object()) PrintCounts(sum->get_object(), "all");
  PrintDelays(answer);
}

void PrintLog(const json::object& log) {
  fmt::print("\nlog {}\n", ShownField(log, "log", 76));
  for (const char* key :
       {"lines", "lines_of_others", "lines_not_read", "refused", "gaps"}) {
    fmt::print("  {:<16} {}\n", key, Number(log, key));
  }
  for (const char* key : {"from", "to", "last_not_read", "last_gap"}) {
    const std::string text = ShownField(log, key, kText);
    if (!text.empty()) fmt::print("  {:<16} {}\n", key, text);
  }
}

void PrintUnproven(const json::object& answer) {
  const json::value* hosts = answer.if_contains("unknown_hosts");
  if (hosts == nullptr || !hosts->is_array() || hosts->get_array().empty()) {
    return;
  }
  fmt::print("\n{} of {} failures are unproven and do not count.\n",
             Number(answer, "unproven"), Number(answer, "failures"));
  fmt::print("No log has the mail that these were reported of, lately by\n");
  for (const json::value& host : hosts->get_array()) {
    if (!host.is_object()) continue;
    const std::string name = ShownField(host.get_object(), "host", kText);
    fmt::print("  {:<33} {}\n", name.empty() ? "(not known)" : name,
               Number(host.get_object(), "failures"));
  }
}

void PrintTotals(const json::object& answer) {
  for (const auto& [key, value] : answer) {
    if (value.is_number()) {
      fmt::print("{:<20} {}\n", std::string_view(key),
                 value.to_number<std::int64_t>());
    }
  }
  PrintUnproven(answer);
  const json::value* logs = answer.if_contains("logs");
  if (logs == nullptr || !logs->is_array()) return;
  for (const json::value& log : logs->get_array()) {
    if (log.is_object()) PrintLog(log.get_object());
  }
}

int RunStats(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kQuery);
  if (!asker) return line.exit_code;
  json::object request;
  request["verb"] = "stats";
  if (!options.by.empty()) {
    request["by"] = options.by;
    request["limit"] = options.limit;
    if (!options.since.empty()) request["since"] = options.since;
    if (!options.until.empty()) request["until"] = options.until;
  }
  auto answer = asker->Ask(request);
  if (!answer) return Complain(answer.error());
  answer->erase("ok");
  if (options.json) {
    PrintJson(*answer);
  } else if (options.by.empty()) {
    PrintTotals(*answer);
  } else {
    PrintMail(*answer, options);
  }
  return kExitDone;
}

}  // namespace

void AddStatsVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "stats", "How much has been recorded, and how mail is delivered");
  CLI::Option* by = verb->add_option(
      "--by", options->by,
      "counts deliveries by hour, day, week, domain, sender-domain, relay, dsn "
      "or reason");
  verb->add_option("--since", options->since,
                   "with --by: 2026-11-21, 12h or 7d; otherwise a year")
      ->needs(by);
  verb->add_option("--until", options->until, "likewise")->needs(by);
  verb->add_option("--limit", options->limit, "with --by: how many names")
      ->needs(by)
      ->check(CLI::Range(std::int64_t{1}, kMaxLimit))
      ->capture_default_str();
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback(
      [&line, options] { line.exit_code = RunStats(line, *options); });
}

}  // namespace postbounce
