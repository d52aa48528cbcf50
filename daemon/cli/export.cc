#include <fmt/format.h>
#include <sysexits.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/exchange_format.h"
#include "daemon/cli/export_cursor.h"
#include "daemon/cli/export_output.h"
#include "daemon/cli/export_source.h"
#include "daemon/cli/list_filter.h"
#include "daemon/cli/postmap.h"
#include "daemon/cli/verb.h"
#include "daemon/config.h"
#include "daemon/export_rows.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"
#include "store/pseudonym.h"

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
  std::string cursor;
  std::string removed;
  bool checksum = false;
};

// What is written, and how.
struct Plan {
  ExchangeFormat format;
  json::object request;
  Answers answers;
  std::string key;
  std::optional<ExportCursor> cursor;
};

Error BadUse(const std::string& what) {
  return Error(ErrorCode::kSyntax, what);
}

Result<ExchangeFormat> FormatOf(const Options& options) {
  if (!options.columns.empty() && options.format != "csv") {
    return BadUse("only csv has --columns");
  }
  auto format = options.columns.empty()
                    ? Result<ExchangeFormat>(*FindFormat(options.format))
                    : CsvWith(options.columns);
  const bool wants_changes = !options.cursor.empty() && options.removed.empty();
  return format && wants_changes ? WithChanges(*std::move(format)) : format;
}

// "export" knows less, and is faster; it has what is enforced and no more.
bool IsOfList(const Options& options, const ExchangeFormat& format) {
  return options.filter.Of("state").value_or("active") != "active" ||
         format.wants_list();
}

json::object RequestOf(const Options& options, const ExchangeFormat& format) {
  const bool is_of_list = IsOfList(options, format);
  json::object request =
      options.filter.RequestOf(is_of_list ? "list" : "export");
  if (!is_of_list) {
    request.erase("state");
    request["rows"] = true;
  }
  if (!is_of_list && format.shape == ExchangeFormat::Shape::kMap) {
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

Result<void> CheckCursorUse(const Options& options,
                            const ExchangeFormat& format) {
  if (options.cursor.empty()) {
    if (options.removed.empty()) return {};
    return BadUse("--removed is for --since-cursor");
  }
  if (!options.map_type.empty() || options.checksum) {
    return BadUse("--postmap and --checksum are for the whole list");
  }
  if (!IsOfList(options, format)) return {};
  return BadUse("--since-cursor knows what is enforced, and no more of it");
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
  const auto of_cursor = CheckCursorUse(options, *format);
  if (!of_cursor) return of_cursor.error();
  auto key = ReadKey(options.key_file);
  if (!key) return key.error();
  Plan plan{*std::move(format), {}, {}, *std::move(key), {}};
  plan.request = RequestOf(options, plan.format);
  if (!options.cursor.empty()) {
    const auto open = plan.cursor.emplace().Open(options.cursor, plan.request);
    if (!open) return open.error();
    if (!plan.cursor->from().empty()) {
      plan.request["from"] = plan.cursor->from();
    }
  }
  if (!line.socket.empty() && !is_map) return plan;
  const auto config = LoadConfig(ConfigPathOf(line));
  if (!config) return config.error();
  if (config->store_privacy == "hashed" && !plan.format.is_own()) {
    return BadUse(
        "the store has no addresses, since store.privacy is hashed: "
        "only jsonl and csv can tell keyed hashes");
  }
  if (is_map) plan.answers = Answers(*config);
  return plan;
}

// Of those that the list has, for the bar; 0 if nobody would see it, or if only
// a part is wanted.
std::uint64_t TotalOf(Asker& asker, const Plan& plan,
                      const ExportOutput& output) {
  constexpr std::string_view kOfAll[] = {"verb", "rows", "references"};
  const bool is_part = std::any_of(
      plan.request.begin(), plan.request.end(), [&](const auto& member) {
        const bool is_of_all = std::find(std::begin(kOfAll), std::end(kOfAll),
                                         member.key()) != std::end(kOfAll);
        return !is_of_all && member.value() != "";
      });
  if (!output.is_watched() || is_part) return 0;
  const auto stats = asker.Ask({{"verb", "stats"}});
  if (!stats) return 0;
  return stats->at("suppressed").to_number<std::uint64_t>() +
         stats->at("suppressed_in_scopes").to_number<std::uint64_t>();
}

// `removed` is null where the rows themselves say it.
Result<void> Write(const CommandLine& line, const Plan& plan,
                   ExportSource* source, ExportOutput* output,
                   ExportOutput* removed) {
  auto asker = OpenAsker(AskerOptionsOf(line, Door::kControl));
  if (!asker) return asker.error();
  output->Begin(HeaderOf(plan.format), TotalOf(**asker, plan, *output));
  std::uint64_t told_of = 0, hidden = 0;
  const auto each = [&](const Listing& listing,
                        const ExportSource::Told& told) {
    ++told_of;
    if (IsPseudonym(listing.address) && !plan.format.is_own()) {
      ++hidden;
      output->LeaveOut(listing.address, "only a keyed hash is kept of it");
      output->Step();
      return;
    }
    ExportFacts facts{plan.answers, plan.key,    told.entry,
                      told.ref,     told.except, {}};
    if (plan.cursor && !removed) {
      facts.change = told.is_removed ? kToRemove : kToAdd;
    }
    const bool is_row = !told.is_removed || !removed;
    const std::string why_not =
        is_row ? AppendListing(plan.format, listing, facts, output->rows())
               : "";
    if (!why_not.empty()) output->LeaveOut(listing.address, why_not);
    output->Step();
    // Before, there may have been a row.
    if (!removed || (is_row && why_not.empty())) return;
    AppendNames(plan.format, listing, facts, removed->rows());
    removed->Step();
  };
  const auto read = source->Read(**asker, plan.request, each);
  // Nobody's list is to become empty for that.
  if (read && hidden > 0 && hidden == told_of) {
    return BadUse(
        "keyed hashes are all that is kept of the addresses: only jsonl and "
        "csv can tell them, and nothing was written");
  }
  return read;
}

// Files are opened as who runs this: in between it may be the owner of the
// store. A cursor moves on when all is written, so that a crash repeats what it
// told of.
Result<void> Export(const CommandLine& line, const Options& options) {
  const auto plan = PlanOf(line, options);
  if (!plan) return plan.error();
  ExportOutput output, removed;
  auto done = output.Open(options.output, options.checksum);
  if (done && !options.removed.empty()) done = removed.Open(options.removed);
  if (!done) return done;
  ExportSource source;
  done = Write(line, *plan, &source, &output,
               options.removed.empty() ? nullptr : &removed);
  if (!done) return done;
  if (options.checksum) output.WriteChecksum();
  output.TellForgotten(source.forgotten);
  done = output.Finish([&](const std::string& file) {
    return options.map_type.empty()
               ? Result<void>()
               : CompileMap(options.map_type, file, options.output);
  });
  const auto keep = [](const std::string&) { return Result<void>(); };
  if (done && !options.removed.empty()) done = removed.Finish(keep);
  if (done && plan->cursor) done = plan->cursor->Finish(source.mark);
  return done;
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
  verb->add_option("--since-cursor", options->cursor,
                   "only what has changed since this file was written by "
                   "the export before, or since this change");
  verb->add_option("--removed", options->removed,
                   "with --since-cursor: replace this file with what is no "
                   "longer to be suppressed");
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
