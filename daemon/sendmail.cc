#include "daemon/sendmail.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sysexits.h>
extern "C" {
#include <sys/syscall.h>
}
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "daemon/intake.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

Error IoError(const std::string& what) {
  return {ErrorCode::kIo, what + ": " + std::strerror(errno)};
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return lseek(fd, 0, SEEK_SET) == 0;
}

Result<pid_t> Spawn(const std::string& program, const std::string& recipient,
                    int message_fd) {
  const char* const arguments[] = {program.c_str(),   "-i",   "-f", "", "--",
                                   recipient.c_str(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, message_fd, STDIN_FILENO);
  // Asio's sockets are not closed at exec. A program that lives longer than
  // the daemon would keep clients waiting at them.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // What the daemon blocks or ignores is not for its children.
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  errno = posix_spawn(&pid, program.c_str(), &actions, &attributes,
                      const_cast<char* const*>(arguments), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (errno != 0) return IoError("cannot run " + program);
  return pid;
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

// Waits for the end of a child, or ends it at the limit.
int WaitFor(pid_t pid, std::chrono::seconds limit) {
  // glibc 2.36 declares pidfd_open() without extern "C".
  const Descriptor child(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (child.get() < 0 || !EndsWithin(child.get(), limit)) kill(pid, SIGKILL);
  // Where somebody ignores SIGCHLD, nobody knows how the program ended.
  int status = W_EXITCODE(EX_OSERR, 0);
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Result<void> SendMail(const std::string& program, const std::string& recipient,
                      std::string_view message, std::chrono::seconds limit) {
  const Descriptor memory(memfd_create("postbounce-forward", MFD_CLOEXEC));
  if (memory.get() < 0 || !WriteAll(memory.get(), message)) {
    return IoError("cannot hold a message for " + program);
  }
  const auto pid = Spawn(program, recipient, memory.get());
  if (!pid) return pid.error();
  const int status = WaitFor(*pid, limit);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error(ErrorCode::kUnavailable,
               WIFEXITED(status) ? fmt::format("{} ended with {}", program,
                                               WEXITSTATUS(status))
                                 : fmt::format("{} was ended by signal {}",
                                               program, WTERMSIG(status)));
}

std::string ToBeForwarded(std::string_view message, std::string_view hostname) {
  std::string out = fmt::format("{}: {}\n", kForwardedField, hostname);
  std::string_view rest = message;
  if (rest.starts_with("From ")) TakeLine(&rest);
  while (const auto line = TakeLine(&rest)) {
    out.append(*line);
    out += '\n';
  }
  return out;
}

}  // namespace postbounce
