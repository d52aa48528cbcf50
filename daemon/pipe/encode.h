#ifndef POSTBOUNCE_DAEMON_PIPE_ENCODE_H_
#define POSTBOUNCE_DAEMON_PIPE_ENCODE_H_

#include <stddef.h>

namespace postbounce::pipe {

// Turns a message with LF or CRLF line ends into what follows DATA, RFC 5321
// section 4.5.2. A CR that no LF follows stays as it is.
class BodyEncoder {
 public:
  // What `size` bytes may grow to.
  static constexpr size_t MaxEncoded(size_t size) { return 2 * size + 1; }
  static constexpr size_t kMaxEnd = 5;

  // Writes the next part of the message to `out`; returns how much.
  size_t Encode(const char* bytes, size_t size, char* out);
  // Writes the end of data, after a line end if the last one is missing.
  size_t End(char* out) const;

 private:
  char last_ = '\n';  // the last byte of the message so far
};

inline constexpr size_t kMaxPath = 1000;

// Writes `address` without "<>" to `out`, which has room for kMaxPath bytes;
// returns how much. An address that would end the path or the command, or
// does not fit, becomes a quoted string: Postbounce keeps the envelope for
// information, and refusing the address would cost the bounce.
size_t EncodePath(const char* address, char* out);

}  // namespace postbounce::pipe

#endif  // POSTBOUNCE_DAEMON_PIPE_ENCODE_H_
