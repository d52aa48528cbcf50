#ifndef POSTBOUNCE_DAEMON_CLI_EXPLAIN_INPUT_H_
#define POSTBOUNCE_DAEMON_CLI_EXPLAIN_INPUT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/explanation.h"
#include "mime/text/result.h"

namespace postbounce {

// One thing to explain, valid for the time of a call.
struct Input {
  std::string_view file;  // as given; in a folder, the path
  InputForm form = InputForm::kMessage;
  // Counts the messages of an mbox or the lines of a log from 1; 0 for a
  // message or a text that stands alone.
  std::uint64_t number = 0;
  bool cut = false;  // a limit was reached
  std::string_view bytes;
};

// What the beginning of an input shows it to be.
enum class InputKind { kMessage, kMbox, kLog, kText };

// Decides by structure alone: an mbox and a log by their first line; a message
// by a header field that every mail has (or by the "{" of an SNS notification)
// among its first lines. The rest is text.
InputKind KindOfInput(std::string_view head);

// Reads one input in bounded memory and gives each thing in it, in order. "-"
// is standard input. A file that is neither an mbox nor a log is a message,
// whatever its bytes; only standard input can be a bare text. kNotFound when
// it cannot be read, kSyntax for a log without any delivery and for an empty
// standard input.
Result<void> ReadInput(const std::string& name,
                       const std::function<void(const Input&)>& each);

// The files that an argument stands for: those of a Maildir (new/, then cur/),
// those of any other folder, hidden ones left out, or the argument itself; in
// the order of their names. kNotFound for a folder that cannot be read or has
// folders but no files.
Result<std::vector<std::string>> FilesOf(const std::string& name);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_EXPLAIN_INPUT_H_
