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
  Result<void> Open(const std::string& file, bool with_checksum = false);
  // Whether a person sees how far it is.
  bool is_watched() const { return progress_ && progress_->is_watched(); }
  // `total`: of rows; 0: not known.
  void Begin(std::string_view header, std::uint64_t total);

  // To append rows to.
  std::string* rows() { return &buffer_; }
  // To be called behind the rows of each listing.
  void Step() {
    if (buffer_.size() >= kBuffer) Flush();
    if (++steps_ % kStep == 0) progress_->StepBy(kStep);
  }
  // Tells on standard error that the file does not have an address.
  void LeaveOut(std::string_view address, const std::string& why);
  // The same of so many whose addresses were forgotten.
  void TellForgotten(std::uint64_t count);
  // "# sha256 ", the digest of all before it, and how many rows that were.
  void WriteChecksum();
  // Calls `before` with the name that the file has just before it takes the
  // place of the old one. kIo.
  Result<void> Finish(
      const std::function<Result<void>(const std::string&)>& before);

 private:
  static constexpr std::size_t kBuffer = 256u << 10;
  static constexpr std::uint64_t kStep = 256;

  void Flush();

  std::optional<AtomicFile> file_;  // none: standard output
  std::optional<Progress> progress_;
  std::string buffer_;
  bool with_checksum_ = false;
  Sha256Sum sum_;
  std::uint64_t rows_ = 0;  // counted for the checksum alone
  std::uint64_t steps_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_EXPORT_OUTPUT_H_
