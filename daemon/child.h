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

// A child's standard streams. Negative: /dev/null, and for the other two what
// this process has.
struct ChildStreams {
  int input = -1;
  int output = -1;
  int errors = -1;
};

// Runs a program with these streams and nothing else of this process's, and
// waits for its end. It and all that it has started in its process group are
// killed after `limit`, and when `stop` asks for it. `command`: the program's
// path and its arguments. kIo: it could not be started. kUnavailable: it did
// not end with 0.
Result<void> RunChild(std::span<const std::string> command,
                      const ChildStreams& streams, std::chrono::seconds limit,
                      const std::stop_token& stop);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CHILD_H_
