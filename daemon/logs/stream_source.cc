#include "daemon/logs/stream_source.h"

#include <algorithm>
#include <utility>

namespace postbounce {

using std::chrono::milliseconds;

StreamSource::StreamSource(Fd fd, std::string name)
    : reader_(LogBytes(std::move(fd), std::move(name))) {}

Result<LogChunk> StreamSource::Next(milliseconds wait) {
  const auto end = std::chrono::steady_clock::now() + wait;
  LogChunk chunk;
  Result<bool> more = !has_ended_;
  while (more && *more && chunk.lines.empty()) {
    const auto left =
        std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    const bool is_ready =
        reader_.bytes().has_more()
            ? !interrupter_.is_interrupted()
            : interrupter_.WaitFor(reader_.bytes().fd(), left);
    if (!is_ready) return chunk;
    more = reader_.Read(&chunk.lines);
  }
  if (!has_ended_ && (!more || !*more)) {
    has_ended_ = true;
    if (!more) return more.error();
    reader_.TakeRest(&chunk.lines);
  } else if (has_ended_) {
    interrupter_.WaitFor(-1, wait);
  }
  chunk.is_end = chunk.lines.empty();
  chunk.is_new_stream =
      !chunk.lines.empty() && !std::exchange(has_begun_, true);
  chunk.latest =
      std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  return chunk;
}

}  // namespace postbounce
