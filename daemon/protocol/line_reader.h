#ifndef POSTBOUNCE_DAEMON_PROTOCOL_LINE_READER_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_LINE_READER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace postbounce {

// Cuts a stream of bytes into lines, in bounded memory.
class LineReader {
 public:
  struct Line {
    std::string_view text;  // without LF or CRLF; valid until Append()
    bool too_long = false;  // it was longer than the bound; `text` is empty
  };

  explicit LineReader(std::size_t max_line) : max_line_(max_line) {}

  void Append(std::string_view bytes);

  // The next complete line; nullopt when more bytes are needed. A line that is
  // too long is reported once, when its bound is passed, and skipped to its
  // end.
  std::optional<Line> Next();

 private:
  const std::size_t max_line_;
  std::string buffer_;
  std::size_t start_ = 0;     // of the next line in buffer_
  std::size_t searched_ = 0;  // no LF before this
  bool skipping_ = false;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_LINE_READER_H_
