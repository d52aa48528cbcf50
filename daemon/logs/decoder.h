#ifndef POSTBOUNCE_DAEMON_LOGS_DECODER_H_
#define POSTBOUNCE_DAEMON_LOGS_DECODER_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace postbounce {

enum class Compression { kNone, kGzip, kZstd, kBzip2, kXz };

// How many bytes CompressionOf() wants to see.
inline constexpr std::size_t kMagicSize = 10;

// By the first bytes of a file, never by its name.
Compression CompressionOf(std::string_view head);

// Decompresses in pieces, also several archives one behind the other, which is
// what `cat` makes of compressed files.
class Decoder {
 public:
  struct Step {
    std::size_t consumed = 0;
    std::size_t produced = 0;
    const char* error = nullptr;  // for people; nothing after it makes sense
  };

  virtual ~Decoder() = default;

  // Takes from `in`, which may be empty, and writes to `out`, which may not.
  virtual Step Decode(std::string_view in, std::span<char> out) = 0;

  // Between two archives, where the input may end.
  virtual bool is_complete() const = 0;
};

// Null for kNone, and where memory is short.
std::unique_ptr<Decoder> MakeDecoder(Compression compression);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_LOGS_DECODER_H_
