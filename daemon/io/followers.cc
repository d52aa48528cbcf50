#include "daemon/io/followers.h"

#include <fmt/format.h>
#include <glob.h>

#include <string>
#include <utility>

#include "daemon/endpoint.h"
#include "daemon/log.h"
#include "daemon/logs/file_source.h"
#include "daemon/logs/journal_source.h"
#include "daemon/logs/socket_source.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// For a syslog daemon that runs as root.
constexpr mode_t kSocketMode = 0600;

Result<std::unique_ptr<LogSource>> OpenSource(const LogConfig& log,
                                              const std::string& position) {
  if (!log.socket.empty()) {
    const auto endpoint = Endpoint::Parse(log.socket);
    if (!endpoint) return endpoint.error();
    auto source = SocketSource::Open(*endpoint, kSocketMode);
    if (!source) return source.error();
    return *std::move(source);
  }
  const bool from_end = log.start == "end";
  if (!log.journal.empty()) {
    JournalSource::Options options;
    options.matches = log.journal;
    options.start = from_end ? JournalSource::Start::kEnd
                             : JournalSource::Start::kBeginning;
    options.position = position;
    auto source = JournalSource::Open(std::move(options));
    if (!source) return source.error();
    return *std::move(source);
  }
  FileSource::Options options;
  options.patterns = log.files;
  options.start =
      from_end ? FollowedFile::Start::kEnd : FollowedFile::Start::kBeginning;
  options.position = position;
  return std::make_unique<FileSource>(std::move(options));
}

bool IsThere(const std::string& pattern) {
  glob_t found{};
  const bool is_there = glob(pattern.c_str(), 0, nullptr, &found) == 0;
  globfree(&found);
  return is_there;
}

// It may come yet; or no syslog runs here, as on a new Debian.
void WarnOfMissing(const LogConfig& log) {
  for (const std::string& pattern : log.files) {
    if (IsThere(pattern)) continue;
    Log(LogLevel::kWarning,
        fmt::format("log {}: there is no {} now; where syslog writes no files, "
                    "take journal = [\"SYSLOG_FACILITY=2\"]",
                    log.name, Printable(pattern, 200)));
  }
}

}  // namespace

void Followers::TakeSite() {
  const Config& config = core_.runtime->config;
  core_.site = std::make_shared<const Site>(
      LoadSite(config, "postconf", core_.site->postconf));
  core_.store->Use({core_.site, &core_.site->policy});
  if (core_.site->is_old) {
    Log(LogLevel::kWarning,
        "postconf does not answer; what it said before stands");
  }
  // Who follows no log, and is asked by no Postfix, need not know.
  const bool is_asked =
      !config.lookup_policy.empty() || !config.lookup_socketmap.empty() ||
      !config.lookup_tcp_table.empty() || config.milter_refuse != "off";
  if (config.logs.empty() && !is_asked) return;
  if (!core_.site->problem.empty()) {
    Log(LogLevel::kWarning, core_.site->problem);
  }
  const auto& unknown = core_.site->unknown_domains;
  if (unknown.empty()) return;
  Log(LogLevel::kWarning,
      fmt::format("the domains in {} are not read: name all of this site's "
                  "in origin.local_domains",
                  fmt::join(unknown, ", ")));
}

Result<void> Followers::Start() {
  TakeSite();
  for (const LogConfig& log : core_.runtime->config.logs) {
    const auto followed = Follow(log);
    if (!followed) return followed;
  }
  return {};
}

Result<void> Followers::Follow(const LogConfig& log) {
  auto reader = core_.store->OpenReader();
  if (!reader) return reader.error();
  const auto position = (*reader)->LogPosition(log.name);
  if (!position) return position.error();
  auto source = OpenSource(log, *position);
  if (!source) return source.error();

  LogReading::Options options;
  options.log = log.name;
  options.counts = log.trust == "full";
  options.keep_lines = KeepLinesOf(core_.runtime->config);
  LogFollower::Hooks hooks;
  hooks.submit = [this](SharedLogBatch batch, Committer::Done done) {
    core_.committer->SubmitLog(std::move(batch), std::move(done));
  };
  hooks.complain = hooks.blocked = [](const std::string& text) {
    Log(LogLevel::kWarning, "log " + text);
  };
  followers_.push_back(std::make_unique<LogFollower>(
      *std::move(source),
      LogReading(std::move(options), {core_.runtime, core_.site},
                 *std::move(reader)),
      std::move(hooks)));
  Log(LogLevel::kInfo, fmt::format("log {}: following", log.name));
  WarnOfMissing(log);
  return {};
}

void Followers::Reload() {
  TakeSite();
  for (const auto& follower : followers_) {
    follower->Use({core_.runtime, core_.site});
  }
}

}  // namespace postbounce
