// postbounce(1): everything that a person or a cron job does.

#include <fmt/format.h>
#include <sysexits.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "daemon/cli/verb.h"

namespace {

int Run(int argc, char** argv) {
  postbounce::CommandLine line;
  CLI::App app("Knows which addresses are dead, and why. See postbounce(1).",
               "postbounce");
  app.set_version_flag("--version", "postbounce " POSTBOUNCE_VERSION);
  app.require_subcommand(1);
  CLI::Option* config =
      app.add_option("--config", line.config_path, "the configuration file");
  app.add_option("--socket", line.socket, "ask the daemon at this socket")
      ->excludes(config);

  postbounce::AddVerbs(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? postbounce::kExitDone
                                : postbounce::kExitUsage;
  }
  // A cron job must not take a list for whole that a full disk has cut.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    fmt::print(stderr, "postbounce: cannot write: {}\n", std::strerror(errno));
    return EX_IOERR;
  }
  return line.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // A closed pipe ends the output quietly, as it does for cat(1).
  std::signal(SIGPIPE, SIG_DFL);
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "postbounce: {}\n", error.what());
    return EX_SOFTWARE;
  }
}
