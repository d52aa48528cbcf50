#include "daemon/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "daemon/standard_error.h"

namespace postbounce {
namespace {

constexpr std::uint64_t kBar = 40;  // columns

}  // namespace

Progress::Progress(bool is_silent)
    : watched_(isatty(STDERR_FILENO) == 1 &&
               (is_silent || isatty(STDOUT_FILENO) == 0)),
      next_(Clock::now() + std::chrono::seconds(1)) {}

void Progress::SetDone(std::uint64_t done) {
  done_ = done;
  if (!watched_) return;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(250);
  Show();
  shown_ = true;
}

void Progress::Show() const {
  if (total_ == 0) return PrintError("\r{} done", done_);
  const std::uint64_t done = std::min(done_, total_);
  PrintError("\r[{:<{}}] {:>3} %, {} of {}",
             std::string(static_cast<std::size_t>(kBar * done / total_), '#'),
             kBar, 100 * done / total_, done, total_);
}

void Progress::Clear() {
  // CSI K: erase to the end of the line.
  if (shown_) PrintError("\r\033[K");
  shown_ = false;
}

}  // namespace postbounce
