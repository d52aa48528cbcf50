#ifndef POSTBOUNCE_DAEMON_CLI_SPLIT_FILES_H_
#define POSTBOUNCE_DAEMON_CLI_SPLIT_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/atomic_file.h"
#include "daemon/cli/list_check.h"
#include "mime/text/result.h"

namespace postbounce {

// The parts of a mailing list, one file for each Advice: PREFIX.sendable and
// so on, which take their names together.
class SplitFiles {
 public:
  // Each file begins with `header`. kIo. Once.
  Result<void> Open(const std::string& prefix, std::string_view header);
  // What cannot be written is told by Finish().
  void Write(Advice advice, std::string_view row);
  // Replaces what has these names. kIo; then none of them is half a list, but
  // some may be of this run and some of one before.
  Result<void> Finish();

 private:
  std::vector<AtomicFile> parts_;  // by Advice
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_SPLIT_FILES_H_
