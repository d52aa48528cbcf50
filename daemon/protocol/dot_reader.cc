#include "daemon/protocol/dot_reader.h"

#include <cstddef>

namespace postbounce {

std::string_view DotReader::Next(std::string_view* input) {
  while (!input->empty() && state_ != State::kDone) {
    const char c = input->front();
    switch (state_) {
      case State::kLineStart:
        if (c != '.') return TakeText(input);
        state_ = State::kDot;
        input->remove_prefix(1);
        break;
      case State::kDot:
        state_ = c == '\r' ? State::kDotCr : State::kText;
        if (c == '\r') input->remove_prefix(1);
        break;
      case State::kDotCr:
        state_ = c == '\n' ? State::kDone : State::kCr;
        if (c != '\n') return "\r";
        input->remove_prefix(1);
        break;
      case State::kText:
      case State::kCr:
        return TakeText(input);
      case State::kDone:
        break;
    }
  }
  return {};
}

// Takes everything up to the next dot at the start of a line.
std::string_view DotReader::TakeText(std::string_view* input) {
  const std::string_view text = *input;
  bool after_cr = state_ == State::kCr;
  std::size_t end = 0;
  for (;;) {
    const std::size_t lf = text.find('\n', end);
    if (lf == std::string_view::npos) {
      // Only the last byte matters, unless none was left after a line end.
      if (end < text.size()) {
        state_ = text.back() == '\r' ? State::kCr : State::kText;
      }
      end = text.size();
      break;
    }
    const bool ends_line = lf > 0 ? text[lf - 1] == '\r' : after_cr;
    end = lf + 1;
    state_ = ends_line ? State::kLineStart : State::kText;
    if (ends_line && end < text.size() && text[end] == '.') break;
  }
  input->remove_prefix(end);
  return text.substr(0, end);
}

}  // namespace postbounce
