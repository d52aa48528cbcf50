#ifndef POSTBOUNCE_DAEMON_IO_LISTENERS_H_
#define POSTBOUNCE_DAEMON_IO_LISTENERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/io/core.h"
#include "daemon/io/listener.h"
#include "mime/text/result.h"

namespace postbounce {

// The sockets that the configuration names, each with a listener. For the
// loop's thread.
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
  Result<void> OpenLookups();
  Result<void> OpenOne(const std::string& where, std::uint64_t mode,
                       const std::string& group, Listener::Options options);
  Listener::Options LmtpOptions(Route route);
  Listener::Options JsonOptions(std::string name, Door door);
  Listener::Options LookupOptions(Lookup kind);

  Core& core_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::string> paths_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_IO_LISTENERS_H_
