#ifndef POSTBOUNCE_DAEMON_COMMAND_H_
#define POSTBOUNCE_DAEMON_COMMAND_H_

#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"

namespace postbounce {

// What a program has said.
struct Said {
  std::string output;
  std::string errors;
  bool is_done = false;  // it ended with 0
};

// Runs a program that is found in $PATH or where administrators have theirs,
// for ten seconds at most, with `input`. The first MiB of each of its outputs.
// kNotFound: there is none; kIo.
Result<Said> RunCommand(std::vector<std::string> command,
                        std::string_view input = {});

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_COMMAND_H_
