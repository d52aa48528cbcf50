#ifndef POSTBOUNCE_DAEMON_PIPE_OPTIONS_H_
#define POSTBOUNCE_DAEMON_PIPE_OPTIONS_H_

#include <sys/socket.h>

namespace postbounce::pipe {

// What the command line says. Points into argv.
struct Options {
  sockaddr_storage server = {};
  socklen_t server_size = 0;
  const char* sender = nullptr;  // "" is the null sender
  char** recipients = nullptr;   // at least one; ends with nullptr
  int seconds = 60;              // for everything
};

// Postfix waits for 1000 seconds; what takes longer bounces.
inline constexpr int kMaxSeconds = 900;

// Reads the command line; what is wrong with it, or nullptr.
const char* ParseOptions(int argc, char** argv, Options* options);

}  // namespace postbounce::pipe

#endif  // POSTBOUNCE_DAEMON_PIPE_OPTIONS_H_
