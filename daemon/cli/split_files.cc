#include "daemon/cli/split_files.h"

#include <fmt/format.h>

#include <utility>

namespace postbounce {

Result<void> SplitFiles::Open(const std::string& prefix,
                              std::string_view header) {
  for (const std::string_view name : kAdviceNames) {
    AtomicFile part;
    const auto open = part.Open(fmt::format("{}.{}", prefix, name));
    if (!open) return open.error();
    part.Write(header);
    parts_.push_back(std::move(part));
  }
  return {};
}

void SplitFiles::Write(Advice advice, std::string_view row) {
  parts_[static_cast<std::size_t>(advice)].Write(row);
}

Result<void> SplitFiles::Finish() {
  for (const auto step :
       {&AtomicFile::Sync, &AtomicFile::GiveName, &AtomicFile::Replace}) {
    for (AtomicFile& part : parts_) {
      const auto done = (part.*step)();
      if (!done) return done.error();
    }
  }
  parts_.clear();
  return {};
}

}  // namespace postbounce
