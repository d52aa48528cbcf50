#ifndef POSTBOUNCE_DAEMON_CLI_MBOX_H_
#define POSTBOUNCE_DAEMON_CLI_MBOX_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace postbounce {

// Whether `line` begins a message of an mbox: "From ", a sender, a date as
// asctime(3) writes it. What follows the time (year, zone) differs too much
// between programs to be asked for.
bool IsMboxSeparator(std::string_view line);

// A message of an mbox, its "From " line included.
struct MboxMessage {
  std::uint64_t number = 0;  // counts from 1
  bool only = false;         // the file has no other
  bool cut = false;          // it was longer than the limit
  std::string_view bytes;    // for the time of the call
};

// Cuts an mbox into its messages while it is read. A separator counts behind
// an empty line only. Where there are several messages, a ">" is taken off
// the lines that begin with ">From ", ">>From " and so on (mboxrd); a lone one
// is given as it is. Lines may end with LF or CRLF. Keeps one message, at most
// `max_size` bytes of it.
class MboxReader {
 public:
  MboxReader(std::size_t max_size, std::function<void(const MboxMessage&)> each)
      : max_size_(max_size), each_(std::move(each)) {}

  void Feed(std::string_view bytes);
  // The input ends here.
  void Finish();

 private:
  void TakeWholeLine(std::string_view line);
  void Append(std::string_view bytes);
  void Emit(bool last);

  std::size_t max_size_;
  std::function<void(const MboxMessage&)> each_;
  std::string message_;
  std::string line_;           // the beginning of an unfinished line
  bool in_long_line_ = false;  // which cannot be a separator
  bool behind_empty_line_ = true;
  bool cut_ = false;
  std::uint64_t number_ = 0;  // of messages given
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_MBOX_H_
