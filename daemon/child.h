#ifndef POSTBOUNCE_DAEMON_CHILD_H_
#define POSTBOUNCE_DAEMON_CHILD_H_

#include <unistd.h>

#include <chrono>
#include <span>
#include <stop_token>
#include <string>

#include "mime/text/result.h"

namespace postbounce {

// Closes a file descriptor in the end. Negative: there is none.
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

// Runs a program with the daemon's output, `input` as its input (/dev/null if
// negative) and nothing else of the daemon's, and waits for its end. It and all
// that it has started in its process group are killed after `limit`, and when
// `stop` asks for it. `command`: the program's path and its arguments.
// kIo: it could not be started. kUnavailable: it did not end with 0.
Result<void> RunChild(std::span<const std::string> command, int input,
                      std::chrono::seconds limit, const std::stop_token& stop);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CHILD_H_
