#ifndef POSTBOUNCE_DAEMON_PROTOCOL_DOT_READER_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_DOT_READER_H_

#include <string_view>

namespace postbounce {

// What follows DATA, RFC 5321 section 4.5.2: takes the leading dots off and
// finds the end. A line ends with CRLF and with nothing else, so that no
// server before this one can be made to see another end of the message; bare
// LF and CR, NUL and 8-bit bytes are content. Linear however the bytes are
// cut.
class DotReader {
 public:
  // The next piece of content, taken off the front of `input` together with
  // what was left out before it. Empty when `input` is used up or the end was
  // reached. The piece is a part of `input` or lives forever.
  std::string_view Next(std::string_view* input);

  // True once CRLF "." CRLF was read; `input` then begins behind it.
  bool is_done() const { return state_ == State::kDone; }

 private:
  enum class State {
    kLineStart,  // at the beginning or after CRLF
    kText,       // inside a line
    kCr,         // after CR inside a line
    kDot,        // after the first dot of a line, which is not content
    kDotCr,      // after such a dot and CR
    kDone,
  };

  std::string_view TakeText(std::string_view* input);

  State state_ = State::kLineStart;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_DOT_READER_H_
