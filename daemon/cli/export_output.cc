#include "daemon/cli/export_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::uint64_t kComplaints = 5;

}  // namespace

Result<void> ExportOutput::Open(const std::string& file, bool with_checksum) {
  progress_.emplace(!file.empty());
  with_checksum_ = with_checksum;
  if (file.empty()) return {};
  return file_.emplace().Open(file);
}

void ExportOutput::Begin(std::string_view header, std::uint64_t total) {
  progress_->SetTotal(total);
  buffer_ += header;
}

void ExportOutput::Flush() {
  if (with_checksum_) {
    sum_.Append(buffer_);
    rows_ += static_cast<std::uint64_t>(
        std::count(buffer_.begin(), buffer_.end(), '\n'));
  }
  if (file_) {
    file_->Write(buffer_);
  } else {
    std::fwrite(buffer_.data(), 1, buffer_.size(), stdout);
  }
  buffer_.clear();
}

void ExportOutput::LeaveOut(std::string_view address, const std::string& why) {
  if (++left_out_ > kComplaints) return;
  progress_->Clear();
  PrintError("postbounce: {} is left out, since {}\n", Printable(address, 400),
             why);
}

void ExportOutput::TellForgotten(std::uint64_t count) {
  if (count == 0) return;
  progress_->Clear();
  PrintError(
      "postbounce: {} left out, since nobody knows {} any more\n",
      count == 1 ? "1 address is" : fmt::format("{} addresses are", count),
      count == 1 ? "it" : "them");
}

void ExportOutput::WriteChecksum() {
  Flush();
  const Digest digest = sum_.Finish();
  const std::string_view bytes(reinterpret_cast<const char*>(digest.data()),
                               digest.size());
  buffer_ = fmt::format("# sha256 {} {}\n", Hex(bytes), rows_);
  with_checksum_ = false;
}

Result<void> ExportOutput::Finish(
    const std::function<Result<void>(const std::string&)>& before) {
  Flush();
  progress_->Clear();
  if (left_out_ > kComplaints) {
    PrintError("postbounce: and {} more that are left out\n",
               left_out_ - kComplaints);
  }
  if (!file_) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return {};
    return Error(ErrorCode::kIo,
                 fmt::format("cannot write: {}", std::strerror(errno)));
  }
  auto done = file_->Sync();
  if (done) done = file_->GiveName();
  if (done) done = before(file_->temporary());
  if (done) done = file_->Replace();
  return done;
}

}  // namespace postbounce
