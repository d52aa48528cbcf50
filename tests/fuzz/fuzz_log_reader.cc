// A log file, maybe compressed: any bytes give lines within their limits, or an
// error; without one the same lines whatever the size of a piece, and what was
// read is found again.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/logs/log_reader.h"
#include "mime/text/limits.h"

namespace {

using postbounce::Fd;
using postbounce::LogBytes;
using postbounce::LogReader;

// A small archive may hold very much.
constexpr std::uint64_t kEnough = 4u << 20;

struct Reading {
  std::string text;
  bool is_whole = false;  // to its end or the damage
  bool is_damaged = false;
  postbounce::LogIdentity middle;  // after the first piece with a line
};

LogReader Open(const std::uint8_t* data, std::size_t size, std::size_t piece) {
  Fd fd(memfd_create("log", MFD_CLOEXEC));
  if (write(fd.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
  if (lseek(fd.get(), 0, SEEK_SET) != 0) std::abort();
  return LogReader(LogBytes(std::move(fd), "fuzz"), piece);
}

Reading ReadAll(LogReader* reader) {
  Reading reading;
  std::vector<postbounce::LogChunk::Line> lines;
  const auto add = [&] {
    for (const auto& line : lines) {
      if (line.text.size() > postbounce::limits::kLogLine ||
          line.text.find('\n') != std::string_view::npos) {
        std::abort();
      }
      reading.text.append(line.text) += '\n';
    }
  };
  std::uint64_t before = reader->identity().offset;
  while (reader->bytes().offset() < kEnough) {
    const auto more = reader->Read(&lines);
    add();
    const auto& identity = reader->identity();
    if (identity.offset < before || identity.last_at > identity.offset ||
        identity.offset > reader->bytes().offset()) {
      std::abort();
    }
    before = identity.offset;
    if (!lines.empty() && reading.middle.first == 0) reading.middle = identity;
    if (more && *more) continue;
    reading.is_whole = true;
    reading.is_damaged = !more;
    if (!more && more.error().text().empty()) std::abort();
    if (reader->TakeRest(&lines)) add();
    break;
  }
  return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  LogReader large = Open(data, size, LogReader::kPiece);
  const Reading whole = ReadAll(&large);
  LogReader small = Open(data, size, 1000);
  const Reading pieces = ReadAll(&small);
  if (!whole.is_whole || !pieces.is_whole) return 0;
  if (whole.is_damaged != pieces.is_damaged) std::abort();
  // How much comes out right before the damage is the decoder's affair.
  if (whole.is_damaged) return 0;
  if (whole.text != pieces.text) std::abort();
  if (pieces.middle.first == 0) return 0;
  LogReader again = Open(data, size, LogReader::kPiece);
  const auto same = again.Continue(pieces.middle);
  if (!same || !*same) std::abort();
  if (!whole.text.ends_with(ReadAll(&again).text)) std::abort();
  return 0;
}
