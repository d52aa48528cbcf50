#include "daemon/cli/progress.h"

#include <unistd.h>

#include "daemon/standard_error.h"

namespace postbounce {

Progress::Progress()
    : watched_(isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) == 0),
      next_(Clock::now() + std::chrono::seconds(1)) {}

void Progress::Step() {
  ++done_;
  if (!watched_) return;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(250);
  PrintError("\r{} done", done_);
  shown_ = true;
}

void Progress::Clear() {
  // CSI K: erase to the end of the line.
  if (shown_) PrintError("\r\033[K");
  shown_ = false;
}

}  // namespace postbounce
