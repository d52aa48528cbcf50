#include "daemon/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sysexits.h>
extern "C" {
#include <sys/syscall.h>
}
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace postbounce {
namespace {

void SetFiles(const ChildStreams& streams,
              posix_spawn_file_actions_t* actions) {
  if (streams.input >= 0) {
    posix_spawn_file_actions_adddup2(actions, streams.input, STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null",
                                     O_RDONLY, 0);
  }
  if (streams.output >= 0) {
    posix_spawn_file_actions_adddup2(actions, streams.output, STDOUT_FILENO);
  }
  if (streams.errors >= 0) {
    posix_spawn_file_actions_adddup2(actions, streams.errors, STDERR_FILENO);
  }
  // Asio's sockets are not closed at exec. A program that lives longer than
  // the daemon would keep clients waiting at them.
  posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
}

// What the daemon blocks or ignores is not for its children, nor are signals
// for its process group.
void SetSignals(posix_spawnattr_t* attributes) {
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  sigaddset(&signals, SIGXFSZ);
  posix_spawnattr_setsigdefault(attributes, &signals);
  posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK |
                                           POSIX_SPAWN_SETSIGDEF |
                                           POSIX_SPAWN_SETPGROUP);
}

Result<pid_t> Spawn(std::span<const std::string> command,
                    const ChildStreams& streams) {
  std::vector<char*> arguments;
  for (const std::string& text : command) {
    arguments.push_back(const_cast<char*>(text.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  SetFiles(streams, &actions);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  SetSignals(&attributes);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, arguments.front(), &actions, &attributes,
                                 arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == 0) return pid;
  return Error(ErrorCode::kIo,
               "cannot run " + command.front() + ": " + std::strerror(failed));
}

// Whether a child ends in time. The daemon's signals interrupt any thread.
bool EndsWithin(int child, std::chrono::seconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd ready{child, POLLIN, 0};
    const int count =
        poll(&ready, 1, static_cast<int>(std::max(left, left.zero()).count()));
    if (count >= 0 || errno != EINTR) return count == 1;
  }
}

// Waits for the end of a child, or ends it at the limit. It is not gone before
// waitpid(), so nobody else has its id.
int WaitFor(pid_t pid, std::chrono::seconds limit,
            const std::stop_token& stop) {
  // glibc 2.36 declares pidfd_open() without extern "C".
  const Descriptor child(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  {
    const std::stop_callback on_stop(stop, [pid] { kill(-pid, SIGKILL); });
    if (child.get() < 0 || !EndsWithin(child.get(), limit)) kill(-pid, SIGKILL);
  }
  // Where somebody ignores SIGCHLD, nobody knows how the program ended.
  int status = W_EXITCODE(EX_OSERR, 0);
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Result<void> RunChild(std::span<const std::string> command,
                      const ChildStreams& streams, std::chrono::seconds limit,
                      const std::stop_token& stop) {
  const auto pid = Spawn(command, streams);
  if (!pid) return pid.error();
  const int status = WaitFor(*pid, limit, stop);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const std::string& program = command.front();
  return Error(ErrorCode::kUnavailable,
               WIFEXITED(status) ? fmt::format("{} ended with {}", program,
                                               WEXITSTATUS(status))
                                 : fmt::format("{} was ended by signal {}",
                                               program, WTERMSIG(status)));
}

}  // namespace postbounce
