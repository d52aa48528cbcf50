#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/verb.h"
#include "daemon/import_request.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

struct Options {
  std::vector<std::string> files;
  bool apply = false;
  int year = 0;
  bool json = false;
};

std::uint64_t Number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  return value->to_number<std::uint64_t>();
}

// A line on the terminal that says how far it is.
class Bar {
 public:
  ~Bar() { Clear(); }

  void Show(const json::object& report) {
    if (!is_terminal_) return;
    const double seconds =
        std::chrono::duration<double>(Clock::now() - begin_).count();
    const auto lines = static_cast<double>(Number(report, "lines"));
    const auto done = static_cast<double>(Number(report, "bytes"));
    const auto all = static_cast<double>(Number(report, "of_bytes"));
    std::string text;
    if (all > 0) {
      const double share = std::min(1.0, done / all);
      const auto filled = static_cast<std::size_t>(share * 30);
      text = fmt::format("[{}{}] {:3.0f}%  ", std::string(filled, '#'),
                         std::string(30 - filled, ' '), share * 100);
    }
    text += fmt::format("{:.0f} lines/s", lines / std::max(seconds, 0.001));
    if (all > 0 && done > 0) {
      const auto left = static_cast<std::int64_t>(seconds * (all - done) /
                                                  std::max(done, 1.0));
      text += fmt::format("  {}:{:02} left", left / 60, left % 60);
    }
    PrintError("\r\x1b[K{}", text);
    shown_ = true;
  }

  void Clear() {
    if (shown_) PrintError("\r\x1b[K");
    shown_ = false;
  }

 private:
  const bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  const Clock::time_point begin_ = Clock::now();
  bool shown_ = false;
};

// What is new in a report and concerns whoever waits, as it comes.
class Troubles {
 public:
  void Tell(const json::object& report, Bar* bar) {
    const json::value* errors = report.if_contains("errors");
    for (; errors != nullptr && errors->is_array() &&
           told_ < errors->get_array().size();
         ++told_) {
      Tell(errors->get_array()[told_], "", bar);
    }
    const json::value* blocked = report.if_contains("blocked");
    if (blocked == nullptr || *blocked == blocked_) return;
    blocked_ = *blocked;
    Tell(blocked_, "; it is tried again until it can be stored", bar);
  }

  bool has_errors() const { return told_ > 0; }

 private:
  static void Tell(const json::value& text, std::string_view more, Bar* bar) {
    if (!text.is_string() || text.get_string().empty()) return;
    bar->Clear();
    PrintError("postbounce: {}{}\n",
               Printable(std::string_view(text.get_string()), 500), more);
  }

  std::size_t told_ = 0;  // errors
  json::value blocked_;
};

Result<OpenFile> Open(const std::string& name) {
  if (name == "-") {
    return OpenFile{Fd(dup(STDIN_FILENO)), "standard input"};
  }
  Fd fd(open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.is_open()) {
    return Error(ErrorCode::kNotFound,
                 fmt::format("cannot open {}: {}", Printable(name, 200),
                             std::strerror(errno)));
  }
  return OpenFile{std::move(fd), name};
}

void PrintExamples(const json::object& report) {
  const json::value* list = report.if_contains("examples");
  if (list == nullptr || !list->is_array()) return;
  for (const json::value& one : list->get_array()) {
    if (one.is_string()) {
      fmt::print("  {}\n", Printable(std::string_view(one.get_string()), 300));
    }
  }
}

constexpr const char* kApplied =
    "They are on the list, but for what the outage guard holds (postbounce "
    "held)\nand what an order, an undo or a delivery speaks against.";
constexpr const char* kPreviewed =
    "They would come onto it, but for what the outage guard would hold. The "
    "list has\nnot changed: the same with --apply does it.";

void PrintSuppressions(const json::object& report, bool apply) {
  const std::uint64_t suppressions = Number(report, "suppressions");
  if (suppressions == 0) {
    const std::string warning = ShownField(report, "warning", 300);
    fmt::print("No address comes onto the list for them{}{}.\n",
               warning.empty() ? "" : ": ", warning);
    return;
  }
  const bool is_all = suppressions < LogImport::kMaxSuppressions;
  fmt::print(
      "{}{} failed enough for the list, such as:\n", is_all ? "" : "at least ",
      suppressions == 1 ? "1 address has"
                        : fmt::format("{} addresses have", suppressions));
  PrintExamples(report);
  fmt::print("{}\n", apply ? kApplied : kPreviewed);
}

void Print(const json::object& report, bool apply) {
  if (apply && Number(report, "lines") == 0 && Number(report, "of_bytes") > 0) {
    fmt::print("Nothing is new in these files since they were imported.\n");
    return;
  }
  fmt::print("{} lines read, {} of them of other programs\n",
             Number(report, "lines"), Number(report, "lines_of_others"));
  const std::uint64_t bad = Number(report, "lines_not_read");
  if (bad > 0) {
    fmt::print(
        "{} lines look like Postfix's but cannot be read, the last:\n"
        "  {}\n",
        bad, ShownField(report, "last_not_read", 300));
  }
  fmt::print("{} attempts to deliver that were not known, {} failures\n",
             Number(report, "attempts"), Number(report, "failures"));
  PrintSuppressions(report, apply);
}

Result<std::vector<OpenFile>> OpenAll(const std::vector<std::string>& names) {
  std::vector<OpenFile> files;
  if (names.size() > ImportRequest::kMaxFiles) {
    return Error(ErrorCode::kLimit,
                 fmt::format("at most {} files can be imported at a time",
                             ImportRequest::kMaxFiles));
  }
  for (const std::string& name : names) {
    auto file = Open(name);
    if (!file) return file.error();
    files.push_back(std::move(*file));
  }
  return files;
}

int RunImport(CommandLine& line, const Options& options) {
  auto files = OpenAll(options.files);
  if (!files) return Complain(files.error());
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  json::object request;
  request["verb"] = "log-import";
  request["files"] = files->size();
  request["apply"] = options.apply;
  if (options.year != 0) request["year"] = options.year;
  Bar bar;
  Troubles troubles;
  auto report = asker->Run(std::move(request), *std::move(files),
                           [&](const json::object& so_far) {
                             troubles.Tell(so_far, &bar);
                             bar.Show(so_far);
                           });
  bar.Clear();
  if (!report) return Complain(report.error());
  troubles.Tell(*report, &bar);
  if (options.json) {
    report->erase("ok");
    report->erase("done");
    PrintJson(*report);
  } else {
    Print(*report, options.apply);
  }
  if (!troubles.has_errors()) return kExitDone;
  return Complain(
      Error(ErrorCode::kSyntax, "not all could be read; see above"));
}

}  // namespace

void AddLogVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("log", "Postfix's log");
  verb->require_subcommand(1);
  CLI::App* import = verb->add_subcommand(
      "import", "Reads old logs: plain, gzip, zstd, bzip2 or xz");
  import->add_option("FILE", options->files, "\"-\" is standard input")
      ->required();
  import->add_flag("--apply", options->apply,
                   "change the list, too; otherwise only say how it would");
  import
      ->add_option("--year", options->year,
                   "of the first line, where lines have none")
      ->check(CLI::Range(1970, 9999));
  import->add_flag("--json", options->json, "one JSON object");
  import->callback(
      [&line, options] { line.exit_code = RunImport(line, *options);
});
}  // namespace postbounce

}  // namespace postbounce
