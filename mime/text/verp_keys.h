#ifndef POSTBOUNCE_MIME_TEXT_VERP_KEYS_H_
#define POSTBOUNCE_MIME_TEXT_VERP_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/result.h"

namespace postbounce {

// A secret that bounce addresses are signed with, and its name in them.
struct VerpKey {
  std::uint8_t id = 0;
  std::string secret;  // 32 bytes
};

// The keys of a site: the last one signs, all of them verify. Without any,
// nothing can be signed and nothing is. Immutable and thread-safe.
class VerpKeys {
 public:
  VerpKeys() = default;

  // Reads a key file: a line "ID SECRET" for each key, ID from 0 to 255,
  // SECRET of 64 hexadecimal digits; blank lines and those that begin with "#"
  // are skipped. kSyntax, with `file` and line, for anything else and for an
  // id that is there twice. No error repeats a secret.
  static Result<VerpKeys> Parse(std::string_view text, std::string_view file);

  // Null when there is none.
  const VerpKey* Find(std::uint8_t id) const;
  const VerpKey* newest() const {
    return keys_.empty() ? nullptr : &keys_.back();
  }

  // An id for the next key, none that is in use; kLimit when all 256 are.
  Result<std::uint8_t> NextId() const;

 private:
  std::vector<VerpKey> keys_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_VERP_KEYS_H_
