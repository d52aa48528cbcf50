#ifndef POSTBOUNCE_DAEMON_LOGS_LOG_BYTES_H_
#define POSTBOUNCE_DAEMON_LOGS_LOG_BYTES_H_

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "daemon/logs/decoder.h"
#include "daemon/logs/fd.h"
#include "mime/text/result.h"

namespace postbounce {

class Interrupter;

// The bytes of a log, decompressed where it is compressed. Blocking.
class LogBytes {
 public:
  // kNotFound; kIo with what to do about it where it may not be read.
  static Result<LogBytes> Open(const std::string& path);
  // A file, a pipe, a terminal; `name` is for people.
  LogBytes(Fd fd, std::string name);

  // Lets another thread end the waiting for a pipe, which is then at its end.
  // It must outlive this.
  void InterruptBy(const Interrupter* interrupter) {
    interrupter_ = interrupter;
  }

  // The next bytes, at most as many as `to` has: how many; 0 at the end, and a
  // plain file may have more later. Damage is told once all bytes before it
  // have been given.
  Result<std::size_t> Read(std::span<char> to);

  // Goes to where offset() is `offset`; false if the end comes before, or if
  // that would be back in a pipe.
  Result<bool> SkipTo(std::uint64_t offset);

  // Behind the last byte that was read, uncompressed.
  std::uint64_t offset() const { return offset_; }
  // Bytes of the file itself that were read, for a progress bar.
  std::uint64_t raw_offset() const { return raw_offset_; }
  bool is_compressed() const { return decoder_ != nullptr; }
  // Read() has bytes already, and will not wait for any.
  bool has_more() const { return !in_.empty() || is_full_; }
  bool is_file() const { return is_file_; }  // not a pipe
  int fd() const { return fd_.get(); }
  const std::string& name() const { return name_; }

  // Of the file as it is now; all zeros if even that fails.
  struct stat Stat() const;
  // Bytes of a plain file from elsewhere; nothing moves. Fewer at the end.
  std::size_t ReadAt(std::uint64_t offset, std::span<char> to) const;

 private:
  bool WaitForBytes() const;
  Result<std::size_t> ReadRaw(std::span<char> to);
  Result<bool> Begin();
  bool Rewind();
  Result<std::size_t> Decode(std::span<char> to);
  Error Damage(std::string_view what) const;

  Fd fd_;
  std::string name_;
  const Interrupter* interrupter_ = nullptr;
  bool is_file_ = false;
  bool has_begun_ = false;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<char[]> raw_;   // where `in_` lies
  std::string_view in_;           // read and not given yet
  bool is_full_ = false;          // the decoder may hold bytes back
  const char* damage_ = nullptr;  // found by the decoder
  std::uint64_t offset_ = 0;
  std::uint64_t raw_offset_ = 0;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_LOG_BYTES_H_
