#ifndef POSTBOUNCE_DAEMON_IO_MILTER_BRIDGE_H_
#define POSTBOUNCE_DAEMON_IO_MILTER_BRIDGE_H_

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>

#include "daemon/endpoint.h"
#include "daemon/protocol/milter_session.h"
#include "mime/text/result.h"

namespace postbounce {

// libmilter, which calls from threads of its own, and a session for each of its
// connections. There is one bridge in a process, and it is started once:
// libmilter keeps its state in globals and cannot begin again.
class MilterBridge {
 public:
  struct Hooks {
    // A session for a new connection, the `open`-th of those there are; none:
    // it is closed. Any thread; all that the session calls is called there,
    // too.
    std::function<std::unique_ptr<MilterSession>(std::size_t open)> admit;
    // libmilter has ended, and nobody has asked it to. On a thread of its own.
    std::function<void()> ended;
  };

  explicit MilterBridge(Hooks hooks);

  // Opens the socket, with the permissions that the umask leaves.
  Result<void> Open(const Endpoint& endpoint);
  // Serves it.
  void Start();

  // The stop, in this order. From here on no session is called; who comes to
  // the end of a bounce is told to come again, all others may go on.
  void Close();
  // No session is being called any more.
  bool is_quiet() const;
  // How many there are. Thread-safe.
  std::size_t connections() const;
  // Ends the sessions and takes the socket out of the file system. Only when it
  // is quiet. libmilter's threads, and its connections, end with the process.
  void End();

 private:
  Endpoint endpoint_;
  // The socket in the file system, which may be another one's by the end.
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_MILTER_BRIDGE_H_
