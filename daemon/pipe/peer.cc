#include "daemon/pipe/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/pipe/fail.h"

namespace postbounce::pipe {
namespace {

// Of one reply. LHLO has a line for each extension.
constexpr int kMaxLines = 100;
constexpr size_t kMaxLine = 8192;

int64_t Left(int64_t deadline) {
  const int64_t left = deadline - MonotonicNow();
  return left > 0 ? left : 0;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

int64_t MonotonicNow() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void WaitFor(int fd, short events, int64_t deadline, const char* what) {
  for (;;) {
    pollfd poll_fd = {fd, events, 0};
    const int ready = poll(&poll_fd, 1, static_cast<int>(Left(deadline)));
    if (ready > 0) return;
    if (ready == 0) Fail(what, "timed out");
    if (errno != EINTR) FailWithErrno(what);
  }
}

// Connecting waits in connect(2): for a unix socket whose queue is full there
// is nothing to poll(2) for.
Peer::Peer(const sockaddr_storage& server, socklen_t server_size,
           int64_t deadline)
    : fd_(socket(server.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      deadline_(deadline) {
  if (fd_ < 0) FailWithErrno("socket");
  const int64_t left = Left(deadline) + 1;
  const timeval limit = {left / 1000, left % 1000 * 1000};
  if (setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) != 0) {
    FailWithErrno("setsockopt");
  }
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&server), server_size) !=
      0) {
    if (errno == EINPROGRESS || errno == EAGAIN) Fail("connect", "timed out");
    FailWithErrno("connect");
  }
  if (fcntl(fd_, F_SETFL, O_NONBLOCK) != 0) FailWithErrno("fcntl");
  line_[0] = '\0';
}

char* Peer::Room(size_t size) {
  if (kMaxRoom - output_size_ < size) Flush();
  return output_ + output_size_;
}

void Peer::Write(const char* text) {
  const size_t size = strlen(text);
  memcpy(Room(size), text, size);
  Written(size);
}

void Peer::Flush() {
  size_t sent = 0;
  while (sent < output_size_) {
    const ssize_t size = write(fd_, output_ + sent, output_size_ - sent);
    if (size >= 0) {
      sent += static_cast<size_t>(size);
    } else if (errno == EAGAIN) {
      WaitFor(fd_, POLLOUT, deadline_, "write to the server");
    } else if (errno != EINTR) {
      FailWithErrno("write to the server");
    }
  }
  output_size_ = 0;
}

void Peer::ReadLine() {
  size_t size = 0;
  for (size_t count = 0; count < kMaxLine; ++count) {
    while (input_begin_ == input_end_) {
      WaitFor(fd_, POLLIN, deadline_, "read from the server");
      const ssize_t got = recv(fd_, input_, sizeof(input_), 0);
      if (got == 0) Fail("the server hung up", line_);
      if (got < 0 && errno != EINTR && errno != EAGAIN) {
        FailWithErrno("read from the server");
      }
      input_begin_ = 0;
      input_end_ = got > 0 ? static_cast<size_t>(got) : 0;
    }
    const char c = input_[input_begin_++];
    if (c == '\n') {
      if (size > 0 && line_[size - 1] == '\r') --size;
      line_[size] = '\0';
      return;
    }
    if (size < sizeof(line_) - 1) line_[size++] = c;
  }
  Fail("bad reply", "a line is too long");
}

int Peer::ReadReply() {
  Flush();
  for (int i = 0; i < kMaxLines; ++i) {
    ReadLine();
    if (!IsDigit(line_[0]) || !IsDigit(line_[1]) || !IsDigit(line_[2]) ||
        strchr(" -", line_[3]) == nullptr) {
      Fail("bad reply", line_);
    }
    if (line_[3] == '-') continue;
    return (line_[0] - '0') * 100 + (line_[1] - '0') * 10 + (line_[2] - '0');
  }
  Fail("bad reply", "too many lines");
}

}  // namespace postbounce::pipe
