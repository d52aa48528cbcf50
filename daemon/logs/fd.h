#ifndef POSTBOUNCE_DAEMON_LOGS_FD_H_
#define POSTBOUNCE_DAEMON_LOGS_FD_H_

#include <unistd.h>

#include <utility>

namespace postbounce {

// A file descriptor that closes itself; -1 is none.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  int get() const { return fd_; }
  // Whoever takes it closes it.
  int Release() { return std::exchange(fd_, -1); }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_FD_H_
