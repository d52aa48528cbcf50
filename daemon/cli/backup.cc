// Copies the store, and puts a copy in its place.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/atomic_file.h"
#include "daemon/cli/operations.h"
#include "daemon/cli/progress.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/restore_store.h"
#include "daemon/site_key.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr mode_t kSecret = 0600;
constexpr std::size_t kShown = 400;

struct Options {
  std::string file;
  bool with_key = false;
  bool json = false;
};

std::string KeyFileOf(const Options& options) { return options.file + ".key"; }

Result<Config> ConfigOf(const CommandLine& line) {
  return LoadConfig(ConfigPathOf(line));
}

std::uint64_t Bytes(const json::object& report, const char* key) {
  const json::value* value = report.if_contains(key);
  return value != nullptr && value->is_number()
             ? value->to_number<std::uint64_t>()
             : 0;
}

// A backup in the place of the store would swap it under the daemon.
Result<void> CheckApart(const CommandLine& line, const std::string& file) {
  struct stat one {
  }, other{};
  const auto config = ConfigOf(line);
  if (!config || stat(file.c_str(), &one) != 0 ||
      stat(config->store_path.c_str(), &other) != 0 ||
      one.st_dev != other.st_dev || one.st_ino != other.st_ino) {
    return {};
  }
  return Error(
      ErrorCode::kSyntax,
      Printable(file, kShown) + " is the store itself; name another file");
}

Result<void> WriteKey(const CommandLine& line, const Options& options) {
  const auto config = ConfigOf(line);
  if (!config) return config.error();
  const auto key = LoadSiteKey(config->store_site_key);
  if (!key) return key.error();
  AtomicFile file;
  const auto opened = file.Open(KeyFileOf(options), kSecret);
  if (!opened) return opened;
  file.Write(*key + "\n");
  return file.Finish();
}

// The file is opened here, by who may write it, and filled by who may read the
// store.
Result<json::object> Fill(Asker& asker, const AtomicFile& file,
                          const Options& options) {
  std::vector<OpenFile> files;
  files.push_back({Fd(dup(file.fd())), options.file});
  Progress progress(true);
  return asker.Run({{"verb", "backup"}}, std::move(files),
                   [&progress](const json::object& report) {
                     progress.SetTotal(Bytes(report, "of_bytes"));
                     progress.SetDone(Bytes(report, "bytes"));
                   });
}

int RunBackup(CommandLine& line, const Options& options) {
  const auto apart = CheckApart(line, options.file);
  if (!apart) return Complain(apart.error());
  AtomicFile file;
  const auto opened = file.Open(options.file, kSecret, true);
  if (!opened) return Complain(opened.error());
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  const auto filled = Fill(*asker, file, options);
  if (!filled) return Complain(filled.error());
  auto done = file.Finish();
  if (done && options.with_key) done = WriteKey(line, options);
  if (!done) return Complain(done.error());
  if (options.json) {
    json::object to;
    to["file"] = options.file;
    to["bytes"] = Bytes(*filled, "bytes");
    to["key"] = options.with_key ? json::value(KeyFileOf(options)) : nullptr;
    PrintJson(to);
  } else {
    fmt::print("{}: {} bytes\n", Printable(options.file, kShown),
               Bytes(*filled, "bytes"));
    if (options.with_key) {
      fmt::print("{}: the site key\n", Printable(KeyFileOf(options), kShown));
    } else {
      PrintError(
          "postbounce: without the site key this is of no use: see "
          "--with-key\n");
    }
  }
  return kExitDone;
}

int RunRestore(const CommandLine& line, const Options& options) {
  const auto config = ConfigOf(line);
  if (!config) return Complain(config.error());
  const auto aside =
      RestoreStore(*config, options.file, KeyFileOf(options), Now());
  if (!aside) return Complain(aside.error());
  if (options.json) {
    json::object to;
    to["store"] = config->store_path;
    to["kept"] = aside->empty() ? json::value(nullptr) : json::value(*aside);
    PrintJson(to);
    return kExitDone;
  }
  fmt::print("{} is what the backup had\n",
             Printable(config->store_path, kShown));
  if (!aside->empty()) {
    fmt::print("{} is what was there before\n", Printable(*aside, kShown));
  }
  return kExitDone;
}

}  // namespace

void AddBackupVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "backup", "Copies the store into a file, while the daemon goes on");
  verb->add_option("FILE", options->file, "replaced when all is copied")
      ->required();
  verb->add_flag("--with-key", options->with_key,
                 "the site key as well, into FILE.key");
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback(
      [&line, options] { line.exit_code = RunBackup(line, *options); });
}

void AddRestoreVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "restore", "Puts a backup in the store's place; the daemon is to stop");
  verb->add_option("FILE", options->file, "made by backup")->required();
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback(
      [&line, options] { line.exit_code = RunRestore(line, *options); });
}

}  // namespace postbounce
