#ifndef POSTBOUNCE_DAEMON_CLI_EXPORT_OUTPUT_H_
#define POSTBOUNCE_DAEMON_CLI_EXPORT_OUTPUT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/cli/atomic_file.h"
#include "daemon/cli/progress.h"
#include "mime/text/digest.h"
#include "mime/text/result.h"

namespace postbounce {

// Where an export goes: standard output, or a file that is replaced when all is
// written.
class ExportOutput {
 public:
  // Empty: standard output. kIo.
  Result<void> Open(const std::string& file);
  // Whether a person sees how far it is.
  bool is_watched() const { return progress_ && progress_->is_watched(); }
  // `total`: of rows; 0: not known.
  void Begin(std::string_view header, std::uint64_t total);

  // The rows of a listing.
  void Write(std::string_view rows);
  // Tells on standard error that the file does not have an address.
  void LeaveOut(std::string_view address, const std::string& why);
  // "# sha256 ", the digest of all before it, and how many rows that were.
  void WriteChecksum();
  // Calls `before` with the name that the file has just before it takes the
  // place of the old one. kIo.
  Result<void> Finish(
      const std::function<Result<void>(const std::string&)>& before);

 private:
  void Put(std::string_view bytes);

  std::optional<AtomicFile> file_;  // none: standard output
  std::optional<Progress> progress_;
  Sha256Sum sum_;
  std::uint64_t rows_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_EXPORT_OUTPUT_H_
