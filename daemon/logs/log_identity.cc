#include "daemon/logs/log_identity.h"

#include "mime/text/digest.h"

namespace postbounce {

std::uint64_t LineHash(std::string_view line) {
  const Digest digest = Sha256(line);
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i < sizeof(hash); ++i) hash = hash << 8 | digest[i];
  return hash == 0 ? 1 : hash;
}

}  // namespace postbounce
