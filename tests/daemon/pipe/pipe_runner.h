#ifndef POSTBOUNCE_TESTS_DAEMON_PIPE_PIPE_RUNNER_H_
#define POSTBOUNCE_TESTS_DAEMON_PIPE_PIPE_RUNNER_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

// A running postbounce-pipe.
class PipeRunner {
 public:
  // Starts it with `input` as its standard input, -1 to close that. Takes
  // `input` over.
  PipeRunner(std::vector<std::string> arguments, int input);

  // Waits for its end: the exit status, -1 for a death by signal.
  int Wait();
  pid_t pid() const { return pid_; }
  // What it printed; after Wait().
  const std::string& output() const { return output_; }

 private:
  pid_t pid_;
  int output_fd_;
  std::string output_;
};

// A file that holds `bytes`, open for reading.
int FileOf(std::string_view bytes);

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_DAEMON_PIPE_PIPE_RUNNER_H_
