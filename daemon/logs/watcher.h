#ifndef POSTBOUNCE_DAEMON_LOGS_WATCHER_H_
#define POSTBOUNCE_DAEMON_LOGS_WATCHER_H_

#include <chrono>
#include <string>

#include "daemon/logs/fd.h"

namespace postbounce {

// Ends the waiting of a thread, from any other one, once and for all.
class Interrupter {
 public:
  Interrupter();

  void Interrupt();
  bool is_interrupted() const;

  // Waits until `fd` can be read, at most so long: true if it can. False at
  // once when interrupted. -1 is no descriptor.
  bool WaitFor(int fd, std::chrono::milliseconds wait) const;

 private:
  Fd event_;
};

// Notices changes in folders and files, by inotify.
class Watcher {
 public:
  Watcher();

  // Names that come, go or change their rights. May be said again.
  void WatchFolder(const std::string& path);
  // What is written to an open file, whatever its name becomes; the number of
  // the watch. Ends with the file.
  int WatchFile(int fd);
  void Forget(int watch);

  // Waits for a change; then, or on an interrupt, or after `wait`, it returns.
  // True if anything but the content of files may have changed.
  bool Wait(const Interrupter& interrupter, std::chrono::milliseconds wait);

 private:
  Fd inotify_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_WATCHER_H_
