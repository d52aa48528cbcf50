#include "tests/daemon/pipe/pipe_runner.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

namespace postbounce {

PipeRunner::PipeRunner(std::vector<std::string> arguments, int input) {
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  std::vector<char*> argv;
  arguments.insert(arguments.begin(), POSTBOUNCE_PIPE);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    if (input >= 0) dup2(input, STDIN_FILENO);
    if (input < 0) close(STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    dup2(output[1], STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(output[1]);
  if (input >= 0) close(input);
  output_fd_ = output[0];
}

int PipeRunner::Wait() {
  char buffer[4096];
  for (;;) {
    const ssize_t size = read(output_fd_, buffer, sizeof(buffer));
    if (size <= 0) break;
    output_.append(buffer, static_cast<std::size_t>(size));
  }
  close(output_fd_);
  int status = 0;
  waitpid(pid_, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int FileOf(std::string_view bytes) {
  const int fd = memfd_create("message", MFD_CLOEXEC);
  while (!bytes.empty()) {
    const ssize_t size = write(fd, bytes.data(), bytes.size());
    if (size <= 0) throw std::runtime_error("write");
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  lseek(fd, 0, SEEK_SET);
  return fd;
}

}  // namespace postbounce
