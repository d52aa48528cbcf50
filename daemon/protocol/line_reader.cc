#include "daemon/protocol/line_reader.h"

namespace postbounce {

void LineReader::Append(std::string_view bytes) {
  buffer_.erase(0, start_);
  searched_ -= start_;
  start_ = 0;
  buffer_.append(bytes);
}

std::optional<LineReader::Line> LineReader::Next() {
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (skipping_) {
      start_ = searched_ = end == std::string::npos ? buffer_.size() : end + 1;
      if (end == std::string::npos) return std::nullopt;
      skipping_ = false;
      continue;
    }
    const std::size_t size =
        (end == std::string::npos ? buffer_.size() : end) - start_;
    if (size > max_line_) {
      skipping_ = true;
      searched_ = start_;
      return Line{{}, true};
    }
    if (end == std::string::npos) {
      searched_ = buffer_.size();
      return std::nullopt;
    }
    Line line{std::string_view(buffer_).substr(start_, size), false};
    if (line.text.ends_with('\r')) line.text.remove_suffix(1);
    start_ = searched_ = end + 1;
    return line;
  }
}

}  // namespace postbounce
