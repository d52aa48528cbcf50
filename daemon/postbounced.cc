// postbounced(8): the daemon.

#include <sys/resource.h>
#include <sysexits.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "daemon/io/server.h"
#include "daemon/log.h"
#include "daemon/runtime.h"
#include "mime/text/text.h"

namespace {

constexpr std::size_t kLine = 1000;

int ExitCode(const postbounce::Error& error) {
  switch (error.code()) {
    case postbounce::ErrorCode::kConflict:
    case postbounce::ErrorCode::kUnavailable:
      return EX_TEMPFAIL;
    case postbounce::ErrorCode::kCorrupt:
      return EX_DATAERR;
    case postbounce::ErrorCode::kSyntax:
    case postbounce::ErrorCode::kLimit:
    case postbounce::ErrorCode::kNotFound:
      return EX_CONFIG;
    case postbounce::ErrorCode::kIo:
      return EX_OSERR;
  }
  return EX_SOFTWARE;
}

// What is wrong with a configuration: each line with its priority.
void LogLines(std::string_view text) {
  while (const auto line = postbounce::TakeLine(&text)) {
    postbounce::Log(postbounce::LogLevel::kError,
                    postbounce::Printable(*line, kLine));
  }
}

int Run(int argc, char** argv) {
  std::string config_path = postbounce::kDefaultConfigPath;
  CLI::App app("Receives bounces and keeps the list. See postbounced(8).",
               "postbounced");
  app.set_version_flag("--version", "postbounced " POSTBOUNCE_VERSION);
  app.add_option("--config", config_path, "the configuration file")
      ->capture_default_str();
  bool is_verbose = false;
  app.add_flag("--verbose", is_verbose,
               "log everything, whatever daemon.log_level says");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EX_OK : EX_USAGE;
  }
  if (is_verbose) postbounce::BeVerbose();
  auto runtime = postbounce::LoadRuntime(config_path);
  if (!runtime) {
    LogLines(runtime.error().ToString());
    return EX_CONFIG;
  }
  postbounce::SetLogLevel((*runtime)->config.daemon_log_level);
  postbounce::Log(postbounce::LogLevel::kInfo,
                  "postbounced " POSTBOUNCE_VERSION ", by " + config_path);
  const auto served = postbounce::RunServer(config_path, *std::move(runtime));
  if (served) return EX_OK;
  postbounce::Log(postbounce::LogLevel::kError, served.error().ToString());
  return ExitCode(served.error());
}

// Connections, and the files of logs, are more than the usual soft limit, which
// is for select(2).
void AllowFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  // Whoever read the log may be gone; that ends no daemon.
  std::signal(SIGPIPE, SIG_IGN);
  // Ignored by some who start daemons; we want to know how sendmail(1) ended.
  std::signal(SIGCHLD, SIG_DFL);
  AllowFiles();
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    postbounce::Log(postbounce::LogLevel::kError, error.what());
    return EX_SOFTWARE;
  }
}
