// postbounce(1): everything that a person or a cron job does.

#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <system_error>

#include "daemon/cli/verb.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

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
  } catch (const CLI::RequiredError& error) {
    // CLI11 misses a verb where there is one that it does not know.
    line.exit_code = postbounce::kExitUsage;
    if (app.get_subcommands().empty() && app.remaining_size() > 0) {
      postbounce::PrintError(
          "postbounce: there is no verb {}; see --help\n",
          postbounce::Printable(app.remaining().front(), 80));
    } else {
      app.exit(error);
    }
  } catch (const CLI::ParseError& error) {
    line.exit_code =
        app.exit(error) == 0 ? postbounce::kExitDone : postbounce::kExitUsage;
  }
  // A cron job must not take a list for whole that a full disk has cut.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    postbounce::PrintError("postbounce: cannot write: {}\n",
                           std::strerror(errno));
    return EX_IOERR;
  }
  return line.exit_code;
}

// Where a standard stream is closed, a file that we open would take its number,
// and get what is said to people. What stands there now fails in use, as the
// closed one would.
void HoldStandardStreams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  // A closed pipe ends the output quietly, as it does for cat(1).
  std::signal(SIGPIPE, SIG_DFL);
  HoldStandardStreams();
  try {
    return Run(argc, argv);
  } catch (const std::system_error& error) {  // standard output, for most
    postbounce::PrintError("postbounce: {}\n", error.what());
    return EX_IOERR;
  } catch (const std::exception& error) {
    postbounce::PrintError("postbounce: {}\n", error.what());
    return EX_SOFTWARE;
  }
}
