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

Result<void> ExportOutput::Open(const std::string& file) {
  progress_.emplace(!file.empty());
  if (file.empty()) return {};
  return file_.emplace().Open(file);
}

void ExportOutput::Begin(std::string_view header, std::uint64_t total) {
  progress_->SetTotal(total);
  Put(header);
}

void ExportOutput::Put(std::string_view bytes) {
  sum_.Append(bytes);
  if (file_) {
    file_->Write(bytes);
  } else {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  }
}

void ExportOutput::Write(std::string_view rows) {
  if (rows.empty()) return;
  Put(rows);
  rows_ +=
      static_cast<std::uint64_t>(std::count(rows.begin(), rows.end(), '\n'));
  progress_->Step();
}

void ExportOutput::LeaveOut(std::string_view address, const std::string& why) {
  if (++left_out_ > kComplaints) return;
  progress_->Clear();
  PrintError("postbounce: {} is left out, since {}\n", Printable(address, 400),
             why);
}

void ExportOutput::WriteChecksum() {
  const Digest digest = sum_.Finish();
  const std::string_view bytes(reinterpret_cast<const char*>(digest.data()),
                               digest.size());
  Put(fmt::format("# sha256 {} {}\n", Hex(bytes), rows_));
}

Result<void> ExportOutput::Finish(
    const std::function<Result<void>(const std::string&)>& before) {
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
