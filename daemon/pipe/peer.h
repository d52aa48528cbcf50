#ifndef POSTBOUNCE_DAEMON_PIPE_PEER_H_
#define POSTBOUNCE_DAEMON_PIPE_PEER_H_

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

namespace postbounce::pipe {

// Milliseconds of a clock that nobody sets.
int64_t MonotonicNow();

// Waits until `fd` is ready for `events` of poll(2); fails at `deadline`.
void WaitFor(int fd, short events, int64_t deadline, const char* what);

// The server's end of the connection. Every function ends the program when
// it cannot do what it says before the deadline.
class Peer {
 public:
  Peer(const sockaddr_storage& server, socklen_t server_size, int64_t deadline);

  void set_deadline(int64_t deadline) { deadline_ = deadline; }

  // Room for `size` bytes of output, kMaxRoom at most.
  static constexpr size_t kMaxRoom = size_t{96} << 10;
  char* Room(size_t size);
  // That `size` of them were written.
  void Written(size_t size) { output_size_ += size; }
  void Write(const char* text);

  // Sends the output so far, and reads one reply: its code. Its last line is
  // in line().
  int ReadReply();
  const char* line() const { return line_; }

 private:
  void Flush();
  void ReadLine();

  int fd_;
  int64_t deadline_;
  size_t output_size_ = 0;
  size_t input_begin_ = 0;
  size_t input_end_ = 0;
  char line_[512];  // the beginning of the last line, with a NUL
  char input_[4096];
  char output_[kMaxRoom];
};

}  // namespace postbounce::pipe

#endif  // POSTBOUNCE_DAEMON_PIPE_PEER_H_
