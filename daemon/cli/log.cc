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
    fmt::print(stderr, "\r\x1b[K{}", text);
    std::fflush(stderr);
    shown_ = true;
  }

  void Clear() {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
    shown_ = false;
  }

 private:
  const bool is_terminal_ = isatty(STDERR_FILENO) == 1;
  const Clock::time_point begin_ = Clock::now();
  bool shown_ = false;
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

void PrintList(const json::object& report, std::string_view key,
               std::FILE* to) {
  const json::value* list = report.if_contains(key);
  if (list == nullptr || !list->is_array()) return;
  for (const json::value& one : list->get_array()) {
    if (one.is_string()) {
      fmt::print(to, "  {}\n",
                 Printable(std::string_view(one.get_string()), 300));
    }
  }
}

void Print(const json::object& report, bool apply) {
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
  const std::uint64_t suppressions = Number(report, "suppressions");
  if (suppressions == 0) {
    fmt::print("No address comes onto the list for them.\n");
  } else if (apply) {
    fmt::print("{} addresses are on the list for them, such as:\n",
               suppressions);
  } else {
    fmt::print("{} addresses would come onto the list, such as:\n",
               suppressions);
  }
  PrintList(report, "examples", stdout);
  if (suppressions > 0 && !apply) {
    fmt::print("The list has not changed: the same with --apply does it.\n");
  }
}

int RunImport(CommandLine& line, const Options& options) {
  std::vector<OpenFile> files;
  json::array names;
  for (const std::string& name : options.files) {
    auto file = Open(name);
    if (!file) return Complain(file.error());
    names.emplace_back(ToUtf8(file->name));
    files.push_back(std::move(*file));
  }
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  json::object request;
  request["verb"] = "log-import";
  request["files"] = std::move(names);
  request["apply"] = options.apply;
  if (options.year != 0) request["year"] = options.year;
  Bar bar;
  auto report =
      asker->ImportLogs(std::move(request), std::move(files),
                        [&](const json::object& so_far) { bar.Show(so_far); });
  bar.Clear();
  if (!report) return Complain(report.error());
  if (options.json) {
    report->erase("ok");
    report->erase("done");
    PrintJson(*report);
  } else {
    Print(*report, options.apply);
  }
  const json::value* errors = report->if_contains("errors");
  const bool has_errors =
      errors != nullptr && errors->is_array() && !errors->get_array().empty();
  if (has_errors && !options.json) PrintList(*report, "errors", stderr);
  return has_errors ? Complain(Error(ErrorCode::kSyntax,
                                     "not all could be read; see above"))
                    : kExitDone;
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
