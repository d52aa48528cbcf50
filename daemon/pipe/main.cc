#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <initializer_list>

#include "daemon/pipe/deliver.h"
#include "daemon/pipe/fail.h"
#include "daemon/pipe/options.h"

namespace postbounce::pipe {
namespace {

constexpr char kHelp[] =
    "usage: postbounce-pipe -s SOCKET [-t SECONDS] -f SENDER [--] "
    "RECIPIENT...\n"
    "\n"
    "Hands the message on standard input to postbounced; for Postfix's "
    "pipe(8).\n"
    "\n"
    "  -s SOCKET   PATH, inet:127.0.0.1:PORT or inet:[::1]:PORT\n"
    "  -f SENDER   envelope sender; empty for the null sender\n"
    "  -t SECONDS  give up after so long (60)\n"
    "\n"
    "Exits with 0 when the daemon has stored the message, else with 75.\n";
constexpr char kVersion[] = "postbounce-pipe " POSTBOUNCE_VERSION "\n";

void Stop(int) { _exit(kTryLater); }

// No signal may end the program in a way that pipe(8) could take for a bounce.
void HandleSignals() {
  signal(SIGPIPE, SIG_IGN);
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGALRM, SIGUSR1,
                           SIGUSR2, SIGXCPU, SIGXFSZ}) {
    signal(number, Stop);
  }
}

// A closed descriptor would be the socket's, and be taken for the message or
// written to.
void OccupyDescriptors() {
  if (fcntl(STDIN_FILENO, F_GETFD) < 0) FailWithErrno("standard input");
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_WRONLY) != fd) {
      FailWithErrno("/dev/null");
    }
  }
}

int Print(const char* text) {
  const auto size = static_cast<ssize_t>(strlen(text));
  return write(STDOUT_FILENO, text, strlen(text)) == size ? 0 : kTryLater;
}

}  // namespace
}  // namespace postbounce::pipe

int main(int argc, char** argv) {
  using namespace postbounce::pipe;
  HandleSignals();
  // As the only argument they cannot be a recipient of some mail.
  if (argc == 2) {
    const char* const word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
      return Print(kHelp);
    }
    if (strcmp(word, "--version") == 0) return Print(kVersion);
  }
  OccupyDescriptors();
  Options options;
  if (const char* const error = ParseOptions(argc, argv, &options)) {
    Fail(error, "try --help");
  }
  Deliver(options);
  return 0;
}
