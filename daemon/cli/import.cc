#include <fcntl.h>
#include <fmt/format.h>
#include <sysexits.h>
#include <unistd.h>

#include <boost/json/array.hpp>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/exchange_format.h"
#include "daemon/cli/exchange_reader.h"
#include "daemon/cli/person.h"
#include "daemon/cli/verb.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::string file;
  std::string format = "plain";
  Listing otherwise;  // what a row that does not say it has
  std::string why;
  bool dry_run = false;
  bool json = false;
};

Result<OpenFile> Open(const std::string& name) {
  Fd fd(name == "-" ? dup(STDIN_FILENO)
                    : open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.is_open()) return OpenFile{std::move(fd), name};
  return Error(ErrorCode::kNotFound,
               fmt::format("cannot read {}: {}", Printable(name, 200),
                           std::strerror(errno)));
}

Result<json::object> Import(const CommandLine& line, const Options& options) {
  auto file = Open(options.file);
  if (!file) return file.error();
  auto rows = ReadExchange(*std::move(file), *FindFormat(options.format),
                           options.otherwise);
  if (!rows) return rows.error();
  auto asker = OpenAsker(AskerOptionsOf(line, Door::kControl));
  if (!asker) return asker.error();
  json::object request;
  request["verb"] = "import";
  request["actor"] = PersonAtKeyboard();
  request["why"] = options.why;
  request["dry_run"] = options.dry_run;
  std::vector<OpenFile> files;
  files.push_back(*std::move(rows));
  return (*asker)->Run(std::move(request), std::move(files),
                       [](const json::object&) {});
}

std::int64_t NumberOf(const json::object& report, const char* name) {
  return report.at(name).to_number<std::int64_t>();
}

void PrintReport(const json::object& report, const Options& options) {
  const json::array& rejects = report.at("rejects").as_array();
  for (const json::value& reject : rejects) {
    PrintError("postbounce: {}:{}: {}\n", Printable(options.file, 200),
               reject.at("line").to_number<std::int64_t>(),
               ShownField(reject.as_object(), "error", 400));
  }
  const std::int64_t rejected = NumberOf(report, "rejected");
  const auto shown = static_cast<std::int64_t>(rejects.size());
  if (rejected > shown) {
    PrintError("postbounce: and {} more\n", rejected - shown);
  }
  fmt::print("{}{} new, {} changed, {} known, {} rejected\n",
             options.dry_run ? "would be: " : "", NumberOf(report, "new"),
             NumberOf(report, "changed"), NumberOf(report, "known"), rejected);
  if (report.at("action").is_null()) return;
  fmt::print("postbounce undo --action {} takes this back\n",
             NumberOf(report, "action"));
}

int RunImport(const CommandLine& line, const Options& options) {
  auto report = Import(line, options);
  if (!report) return Complain(report.error());
  if (options.json) {
    report->erase("ok");
    report->erase("done");
    PrintJson(*report);
  } else {
    PrintReport(*report, options);
  }
  return NumberOf(*report, "rejected") == 0 ? kExitDone : EX_DATAERR;
}

}  // namespace

void AddImportVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "import", "Suppresses the addresses of another program's list");
  verb->add_option("FILE", options->file, "\"-\" is standard input")
      ->required();
  std::vector<std::string> names;
  for (const ExchangeFormat& format : ExchangeFormats()) {
    if (format.is_imported()) names.emplace_back(format.name);
  }
  verb->add_option("--format", options->format, "see postbounce-formats(7)")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  Listing& otherwise = options->otherwise;
  verb->add_option("--reason", otherwise.reason, "of rows that tell none");
  verb->add_option("--scope", otherwise.scope,
                   "of rows that tell none: only for mail of this scope");
  verb->add_option("--until", otherwise.until,
                   "of rows that tell none: a date, such as 2027-01-01");
  verb->add_option("--why", options->why, "what others should know of it");
  verb->add_flag("--dry-run", options->dry_run, "only show what would change");
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback(
      [&line, options] { line.exit_code = RunImport(line, *options); });
}

}  // namespace postbounce
