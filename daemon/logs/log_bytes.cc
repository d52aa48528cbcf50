#include "daemon/logs/log_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/logs/watcher.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kRawBuffer = 256u << 10;
constexpr std::chrono::hours kLong{1};

Error OpenError(const std::string& path, int code) {
  const std::string name = Printable(path, 200);
  if (code == ENOENT || code == ENOTDIR) {
    return Error(ErrorCode::kNotFound, name + " does not exist");
  }
  if (code == EACCES || code == EPERM) {
    return Error(ErrorCode::kIo,
                 fmt::format("may not read {}: add the user that postbounced "
                             "runs as to the file's group (Debian: adm), and "
                             "start it again",
                             name));
  }
  return Error(ErrorCode::kIo,
               fmt::format("cannot open {}: {}", name, strerror(code)));
}

}  // namespace

Result<LogBytes> LogBytes::Open(const std::string& path) {
  // Without O_NONBLOCK a FIFO that nobody writes to would block for ever.
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd.is_open()) return OpenError(path, errno);
  struct stat status {};
  if (fstat(fd.get(), &status) != 0) return OpenError(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return Error(ErrorCode::kIo, Printable(path, 200) + " is not a file");
  }
  return LogBytes(std::move(fd), path);
}

LogBytes::LogBytes(Fd fd, std::string name)
    : fd_(std::move(fd)), name_(std::move(name)) {
  is_file_ = S_ISREG(Stat().st_mode);
}

struct stat LogBytes::Stat() const {
  struct stat status {};
  if (fstat(fd_.get(), &status) != 0) status = {};
  return status;
}

std::size_t LogBytes::ReadAt(std::uint64_t offset, std::span<char> to) const {
  std::size_t size = 0;
  while (size < to.size()) {
    const ssize_t got = pread(fd_.get(), to.data() + size, to.size() - size,
                              static_cast<off_t>(offset + size));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  return size;
}

// Of a file read() never waits for a writer.
bool LogBytes::WaitForBytes() const {
  if (is_file_ || interrupter_ == nullptr) return true;
  while (!interrupter_->WaitFor(fd_.get(), kLong)) {
    if (interrupter_->is_interrupted()) return false;
  }
  return true;
}

Result<std::size_t> LogBytes::ReadRaw(std::span<char> to) {
  if (!WaitForBytes()) return std::size_t{0};
  ssize_t size = -1;
  do {
    size = read(fd_.get(), to.data(), to.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0) {
    return Error(ErrorCode::kIo,
                 fmt::format("cannot read {}: {}", Printable(name_, 200),
                             strerror(errno)));
  }
  raw_offset_ += static_cast<std::uint64_t>(size);
  return static_cast<std::size_t>(size);
}

// Looks at the first bytes. False if there are none yet.
Result<bool> LogBytes::Begin() {
  std::array<char, kMagicSize> head;
  std::string_view magic(head.data(), is_file_ ? ReadAt(0, head) : 0);
  if (is_file_ && magic.empty()) return false;
  while (!is_file_ && in_.size() < kMagicSize) {
    if (!raw_) raw_ = std::make_unique_for_overwrite<char[]>(kRawBuffer);
    auto size = ReadRaw({raw_.get() + in_.size(), kRawBuffer - in_.size()});
    if (!size) return size.error();
    if (*size == 0) break;
    magic = in_ = {raw_.get(), in_.size() + *size};
  }
  has_begun_ = true;
  const Compression compression = CompressionOf(magic);
  if (compression == Compression::kNone) return true;
  decoder_ = MakeDecoder(compression);
  if (!decoder_) return Damage("not enough memory");
  if (!raw_) raw_ = std::make_unique_for_overwrite<char[]>(kRawBuffer);
  return true;
}

Error LogBytes::Damage(std::string_view what) const {
  return Error(ErrorCode::kCorrupt,
               fmt::format("{} is damaged behind its byte {} (uncompressed): "
                           "{}",
                           Printable(name_, 200), offset_, what));
}

Result<std::size_t> LogBytes::Decode(std::span<char> to) {
  while (damage_ == nullptr) {
    const Decoder::Step step = decoder_->Decode(in_, to);
    in_.remove_prefix(step.consumed);
    offset_ += step.produced;
    damage_ = step.error;
    is_full_ = step.produced == to.size();
    if (step.produced > 0) return step.produced;
    if (damage_ != nullptr) break;
    if (!in_.empty()) {
      if (step.consumed == 0) return Damage("it makes no sense");
      continue;
    }
    auto size = ReadRaw({raw_.get(), kRawBuffer});
    if (!size) return size.error();
    if (*size == 0 && decoder_->is_complete()) return std::size_t{0};
    if (*size == 0) return Damage("it ends too early");
    in_ = {raw_.get(), *size};
  }
  return Damage(damage_);
}

Result<std::size_t> LogBytes::Read(std::span<char> to) {
  if (!has_begun_) {
    auto begun = Begin();
    if (!begun) return begun.error();
    if (!*begun) return std::size_t{0};
  }
  if (decoder_) return Decode(to);
  if (!in_.empty()) {  // the head of a pipe
    const std::size_t size = in_.copy(to.data(), to.size());
    in_.remove_prefix(size);
    offset_ += size;
    return size;
  }
  auto size = ReadRaw(to);
  if (size) offset_ += *size;
  return size;
}

bool LogBytes::Rewind() {
  if (!is_file_ || lseek(fd_.get(), 0, SEEK_SET) < 0) return false;
  has_begun_ = false;
  decoder_.reset();
  raw_.reset();  // many files may wait for their turn
  damage_ = nullptr;
  in_ = {};
  offset_ = raw_offset_ = 0;
  return true;
}

Result<bool> LogBytes::SkipTo(std::uint64_t offset) {
  if (offset < offset_ && !Rewind()) return false;
  if (offset == offset_) return true;
  if (!has_begun_) {
    auto begun = Begin();
    if (!begun) return begun.error();
  }
  if (is_file_ && !decoder_) {
    if (static_cast<std::uint64_t>(Stat().st_size) < offset) return false;
    if (lseek(fd_.get(), static_cast<off_t>(offset), SEEK_SET) < 0) {
      return false;
    }
    offset_ = raw_offset_ = offset;
    return true;
  }
  const auto buffer = std::make_unique_for_overwrite<char[]>(kRawBuffer);
  while (offset_ < offset) {
    const std::size_t want = static_cast<std::size_t>(
        std::min<std::uint64_t>(kRawBuffer, offset - offset_));
    auto size = Read({buffer.get(), want});
    if (!size) return size.error();
    if (*size == 0) return false;
  }
  return true;
}

}  // namespace postbounce
