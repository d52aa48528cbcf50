#include <fmt/format.h>
#include <sysexits.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/exchange_format.h"
#include "daemon/cli/export_output.h"
#include "daemon/cli/list_filter.h"
#include "daemon/cli/postmap.h"
#include "daemon/cli/verb.h"
#include "daemon/config.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  ListFilter filter;
  std::string format = "plain";
  std::vector<std::string> columns;
  std::string key_file;
  std::string output;
  std::string map_type;
  bool checksum = false;
};

// What is written, and how.
struct Plan {
  ExchangeFormat format;
  json::object request;
  Answers answers;
  std::string key;
};

Error BadUse(const std::string& what) {
  return Error(ErrorCode::kSyntax, what);
}

Result<ExchangeFormat> FormatOf(const Options& options) {
  if (!options.columns.empty()) {
    if (options.format != "csv") return BadUse("only csv has --columns");
    return CsvWith(options.columns);
  }
  return *FindFormat(options.format);
}

// "export" knows less, and is faster; it has what is enforced and no more.
json::object RequestOf(const Options& options, const ExchangeFormat& format) {
  const auto& state = options.filter.Of("state");
  const bool is_brief =
      options.columns.empty() && state.value_or("active") == "active";
  json::object request = options.filter.RequestOf(is_brief ? "export" : "list");
  if (is_brief) request.erase("state");
  if (is_brief && format.shape == ExchangeFormat::Shape::kMap) {
    request["references"] = true;
  }
  // Without room for a scope: whoever reads it stops all mail.
  if (!format.has_scopes && !options.filter.Of("scope")) request["scope"] = "";
  return request;
}

Result<std::string> ReadKey(const std::string& name) {
  if (name.empty()) return std::string();
  std::ifstream file(name, std::ios::binary);
  std::string key(std::istreambuf_iterator<char>(file), {});
  key = Trim(key);
  if (!file || key.empty()) return BadUse("cannot read a key from " + name);
  return key;
}

Result<Plan> PlanOf(const CommandLine& line, const Options& options) {
  auto format = FormatOf(options);
  if (!format) return format.error();
  if (options.checksum && !format->has_comments()) {
    return BadUse("the format has no line for a checksum");
  }
  const bool is_map = format->shape == ExchangeFormat::Shape::kMap;
  if (!options.map_type.empty() && (!is_map || options.output.empty())) {
    return BadUse("--postmap is for access and transport with --output");
  }
  if (!options.key_file.empty() && format->name != "sha256") {
    return BadUse("--key-file is for sha256");
  }
  auto key = ReadKey(options.key_file);
  if (!key) return key.error();
  Plan plan{*std::move(format), {}, {}, *std::move(key)};
  plan.request = RequestOf(options, plan.format);
  if (!is_map) return plan;
  const auto config = LoadConfig(line.config_path.empty() ? kDefaultConfigPath
                                                          : line.config_path);
  if (!config) return config.error();
  plan.answers = Answers(*config);
  return plan;
}

// Of those that the list has, for the bar; 0 if nobody would see it.
std::uint64_t TotalOf(Asker& asker, const ExportOutput& output) {
  if (!output.is_watched()) return 0;
  const auto stats = asker.Ask({{"verb", "stats"}});
  if (!stats) return 0;
  return stats->at("suppressed").to_number<std::uint64_t>() +
         stats->at("suppressed_in_scopes").to_number<std::uint64_t>();
}

Result<void> Write(const CommandLine& line, const Plan& plan,
                   ExportOutput* output) {
  auto asker = OpenAsker(AskerOptionsOf(line, Door::kControl));
  if (!asker) return asker.error();
  output->Begin(HeaderOf(plan.format), TotalOf(**asker, *output));
  Listing listing;
  std::string row;
  return EachEntryOf(**asker, plan.request, [&](const json::object& entry) {
    row.clear();
    ReadEntry(entry, &listing);
    const std::string why_not = AppendListing(
        plan.format, listing, {entry, plan.answers, plan.key}, &row);
    output->Write(row);
    if (!why_not.empty()) output->LeaveOut(listing.address, why_not);
  });
}

// Files are opened as who runs this: in between it may be the owner of the
// store.
Result<void> Export(const CommandLine& line, const Options& options) {
  const auto plan = PlanOf(line, options);
  if (!plan) return plan.error();
  ExportOutput output;
  const auto open = output.Open(options.output);
  if (!open) return open.error();
  const auto written = Write(line, *plan, &output);
  if (!written) return written.error();
  if (options.checksum) output.WriteChecksum();
  return output.Finish([&](const std::string& file) {
    return options.map_type.empty()
               ? Result<void>()
               : CompileMap(options.map_type, file, options.output);
  });
}

int RunExport(const CommandLine& line, const Options& options) {
  const auto done = Export(line, options);
  return done ? kExitDone : Complain(done.error());
}

std::vector<std::string> FormatNames() {
  std::vector<std::string> names;
  for (const ExchangeFormat& format : ExchangeFormats()) {
    names.emplace_back(format.name);
  }
  return names;
}

}  // namespace

void AddExportVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("export", "The suppression list for other programs");
  CLI::Option* format =
      verb->add_option("--format", options->format, "see postbounce-formats(7)")
          ->check(CLI::IsMember(FormatNames()))
          ->capture_default_str();
  options->filter.AddTo(verb);
  verb->add_option("--columns", options->columns,
                   "the columns of csv, with commas between them")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb->add_option("--key-file", options->key_file,
                   "sha256: make keyed hashes, with the key in this file");
  verb->add_option("--output", options->output,
                   "replace this file when all is written");
  verb->add_option("--postmap", options->map_type,
                   "also compile it, with postmap(1): hash, btree, cdb, lmdb")
      ->check(CLI::IsMember({"hash", "btree", "cdb", "lmdb"}));
  verb->add_flag("--checksum", options->checksum,
                 "a last line with the SHA-256 of all before it");
  verb->add_flag_callback(
          "--json", [options] { options->format = "jsonl"; },
          "the same as --format jsonl")
      ->excludes(format);
  verb->callback(
      [&line, options] { line.exit_code = RunExport(line, *options); });
}

}  // namespace postbounce
