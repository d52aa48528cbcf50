#include "daemon/logs/watcher.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

namespace postbounce {
namespace {

constexpr std::uint32_t kNames = IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                 IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF |
                                 IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t kContent = IN_MODIFY;

// Whether a buffer of events tells of more than content.
bool HasNames(const char* bytes, std::size_t size) {
  for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
    inotify_event event;
    std::memcpy(&event, bytes + at, sizeof(event));
    if ((event.mask & ~kContent) != 0) return true;
    at += sizeof(event) + event.len;
  }
  return false;
}

}  // namespace

Interrupter::Interrupter() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Interrupter::Interrupt() {
  // Never read, so that it stays readable.
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t size = write(event_.get(), &one, sizeof(one));
}

bool Interrupter::is_interrupted() const {
  pollfd fd{event_.get(), POLLIN, 0};
  return poll(&fd, 1, 0) > 0;
}

bool Interrupter::WaitFor(int fd, std::chrono::milliseconds wait) const {
  pollfd fds[] = {{event_.get(), POLLIN, 0}, {fd, POLLIN, 0}};
  const auto timeout = std::clamp<std::int64_t>(wait.count(), 0, 3'600'000);
  if (poll(fds, 2, static_cast<int>(timeout)) <= 0) return false;
  return fds[0].revents == 0 && fds[1].revents != 0;
}

Watcher::Watcher() : inotify_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

void Watcher::WatchFolder(const std::string& path) {
  inotify_add_watch(inotify_.get(), path.c_str(), kNames);
}

int Watcher::WatchFile(int fd) {
  // By its name it might be another one already.
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return inotify_add_watch(inotify_.get(), path.c_str(), kContent);
}

void Watcher::Forget(int watch) {
  if (watch >= 0) inotify_rm_watch(inotify_.get(), watch);
}

bool Watcher::Wait(const Interrupter& interrupter,
                   std::chrono::milliseconds wait) {
  if (!interrupter.WaitFor(inotify_.get(), wait)) return false;
  alignas(inotify_event) char events[16 << 10];
  bool has_names = false;
  for (int i = 0; i < 64; ++i) {
    const ssize_t size = read(inotify_.get(), events, sizeof(events));
    if (size <= 0) break;
    has_names |= HasNames(events, static_cast<std::size_t>(size));
  }
  return has_names;
}

}  // namespace postbounce
