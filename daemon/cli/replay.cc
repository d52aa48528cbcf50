#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/verb.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kExamples = 20;
constexpr std::size_t kDate = 10;  // characters of "2026-11-21"

struct Options {
  std::vector<std::string> rules;
  bool dry_run = false;
  bool json = false;
};

std::uint64_t Number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  return value->to_number<std::uint64_t>();
}

json::array ListOf(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return {};
  return value->get_array();
}

// "active no-such-user since 2026-11-21 until 2027-11-21", "none".
std::string PlaceOf(const json::object& difference, std::string_view when) {
  const json::value* value = difference.if_contains(when);
  if (value == nullptr || !value->is_object()) return "none";
  const json::object& place = value->get_object();
  std::string shown = ShownField(place, "state");
  for (const auto& [word, key] :
       {std::pair(" ", "reason"), {" since ", "since"}, {" until ", "until"}}) {
    const std::string text = ShownField(place, key);
    const bool is_time = text.size() > kDate && text[kDate] == 'T';
    if (!text.empty()) shown += word + (is_time ? text.substr(0, kDate) : text);
  }
  return shown;
}

// One pass over all that is kept.
class Pass {
 public:
  Pass(const Options& options, bool apply) : options_(options), apply_(apply) {}
  ~Pass() { Clear(); }
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

  Result<json::object> Run(Asker* asker, std::vector<OpenFile> files) {
    json::object request;
    request["verb"] = "replay";
    request["files"] = files.size();
    request["apply"] = apply_;
    auto summary =
        asker->Run(std::move(request), std::move(files),
                   [this](const json::object& report) { Take(report); });
    Clear();
    return summary;
  }

  const std::vector<std::string>& examples() const { return examples_; }

 private:
  void Take(const json::object& report) {
    if (!apply_) Keep(report);
    if (isatty(STDERR_FILENO) != 1) return;
    PrintError("\r\x1b[K{}: {} of {} accounts",
               apply_ ? "changing the list" : "judging again",
               Number(report, "witnesses"), Number(report, "of_witnesses"));
    shown_ = true;
  }

  void Keep(const json::object& report) {
    for (const json::value& one : ListOf(report, "differences")) {
      if (!one.is_object()) continue;
      const json::object& difference = one.get_object();
      if (options_.json) {
        Clear();
        PrintJson(difference);
      } else if (examples_.size() < kExamples) {
        const std::string scope = ShownField(difference, "scope");
        examples_.push_back(fmt::format(
            "{}{}: {} -> {}", ShownField(difference, "address", 300),
            scope.empty() ? "" : " in " + scope, PlaceOf(difference, "before"),
            PlaceOf(difference, "after")));
      }
    }
  }

  void Clear() {
    if (shown_) PrintError("\r\x1b[K");
    shown_ = false;
  }

  const Options& options_;
  const bool apply_;
  bool shown_ = false;
  std::vector<std::string> examples_;
};

Result<std::vector<OpenFile>> OpenAll(const std::vector<std::string>& names) {
  std::vector<OpenFile> files;
  for (const std::string& name : names) {
    Fd fd(open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!fd.is_open()) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("cannot open {}: {}", Printable(name, 200),
                               std::strerror(errno)));
    }
    files.push_back(OpenFile{std::move(fd), name});
  }
  return files;
}

// An asker of its own for each pass, since a connection ends with it.
Result<json::object> RunPass(CommandLine& line, const Options& options,
                             Pass* pass) {
  auto files = OpenAll(options.rules);
  if (!files) return files.error();
  AskerOptions ask;
  ask.config_path = line.config_path;
  ask.socket = line.socket;
  ask.door = Door::kControl;
  const auto asker = OpenAsker(ask);
  if (!asker) return asker.error();
  return pass->Run(asker->get(), *std::move(files));
}

std::uint64_t DifferencesOf(const json::object& summary) {
  return Number(summary, "added") + Number(summary, "removed") +
         Number(summary, "changed");
}

void Print(const json::object& summary,
           const std::vector<std::string>& examples) {
  fmt::print("{} of {} accounts are judged differently\n",
             Number(summary, "rejudged"), Number(summary, "witnesses"));
  for (const json::value& one : ListOf(summary, "reasons")) {
    if (!one.is_object()) continue;
    const json::object& reason = one.get_object();
    const std::string before = ShownField(reason, "before");
    const std::string after = ShownField(reason, "after");
    fmt::print("  {:>8} {}\n", Number(reason, "witnesses"),
               before == after ? before + ", for another rule or code"
                               : before + " -> " + after);
  }
  if (DifferencesOf(summary) == 0) {
    fmt::print("The list stays as it is.\n");
    return;
  }
  fmt::print("On the list {} places are added, {} removed, {} changed{}\n",
             Number(summary, "added"), Number(summary, "removed"),
             Number(summary, "changed"),
             DifferencesOf(summary) > examples.size() ? ", such as:" : ":");
  for (const std::string& example : examples) fmt::print("  {}\n", example);
}

int RunReplay(CommandLine& line, const Options& options) {
  Pass look(options, false);
  auto summary = RunPass(line, options, &look);
  if (!summary) return Complain(summary.error());
  if (!options.json) Print(*summary, look.examples());
  const bool is_all_alike =
      Number(*summary, "rejudged") == 0 && DifferencesOf(*summary) == 0;
  const bool apply = !options.dry_run && !is_all_alike;
  if (apply) {
    std::fflush(stdout);
    Pass change(options, true);
    const auto applied = RunPass(line, options, &change);
    if (!applied) return Complain(applied.error());
  }
  if (options.json) {
    summary->erase("ok");
    summary->erase("done");
    (*summary)["applied"] = apply;
    PrintJson(*summary);
  } else if (apply) {
    fmt::print("Applied.\n");
  } else if (!is_all_alike) {
    fmt::print("Nothing has changed: the same without --dry-run does it.\n");
  }
  return kExitDone;
}

}  // namespace

void AddReplayVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "replay", "Judges again what is kept, by the rules and policy of today");
  verb->add_option("--rules", options->rules,
                   "these files instead of the configured rules.files")
      ->allow_extra_args(false)
      ->check(CLI::ExistingFile);
  verb->add_flag("--dry-run", options->dry_run,
                 "only show what would be different");
  verb->add_flag("--json", options->json,
                 "one JSON object for each difference, and one for all");
  verb->callback(
      [&line, options] { line.exit_code = RunReplay(line, *options); });
}

}  // namespace postbounce
