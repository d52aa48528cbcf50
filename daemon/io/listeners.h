#ifndef POSTBOUNCE_DAEMON_IO_LISTENERS_H_
#define POSTBOUNCE_DAEMON_IO_LISTENERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/io/core.h"
#include "daemon/io/listener.h"
#include "mime/text/result.h"

namespace postbounce {

// The sockets that the configuration names: those that take mail, and those of
// the desk. For the loop's thread.
class Listeners {
 public:
  // `core` must outlive this.
  explicit Listeners(Core* core) : core_(*core) {}

  // Clients can connect from now on, and wait.
  Result<void> Open();
  // They are served.
  void Start();
  // No new ones.
  void Stop();
  // Takes the unix sockets out of the file system.
  void Remove() const;

 private:
  Result<Acceptor> Open(const std::string& where, std::uint64_t mode,
                        const std::string& group, std::string_view name);
  Result<void> OpenLmtp();
  Result<void> OpenDesk();
  Desk::Window JsonWindow(std::string name, Door door);

  Core& core_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::string> paths_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_LISTENERS_H_
