#ifndef POSTBOUNCE_DAEMON_CLI_SPLIT_FILES_H_
#define POSTBOUNCE_DAEMON_CLI_SPLIT_FILES_H_

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/list_check.h"
#include "mime/text/result.h"

namespace postbounce {

// The parts of a mailing list, one file for each Advice: PREFIX.sendable and
// so on. They have other names until all is written, so that nobody takes half
// a list for a whole one, and are gone if Finish() is not called.
class SplitFiles {
 public:
  SplitFiles() = default;
  ~SplitFiles();
  SplitFiles(const SplitFiles&) = delete;
  SplitFiles& operator=(const SplitFiles&) = delete;

  // Each file begins with `header`. kIo. Once.
  Result<void> Open(const std::string& prefix, std::string_view header);
  // What cannot be written is told by Finish().
  void Write(Advice advice, std::string_view row);
  // Replaces what has these names. kIo; then none of them is half a list, but
  // some may be of this run and some of one before.
  Result<void> Finish();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Part {
    std::string name;
    std::string temporary;
    bool is_named = false;  // there is a file `temporary`
    std::unique_ptr<std::FILE, CloseFile> file;
  };

  static Result<void> GiveName(Part* part);

  std::vector<Part> parts_;  // by Advice
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_SPLIT_FILES_H_
