#ifndef POSTBOUNCE_DAEMON_VERP_KEY_FILE_H_
#define POSTBOUNCE_DAEMON_VERP_KEY_FILE_H_

#include <cstdint>
#include <string>

#include "mime/text/result.h"
#include "mime/text/verp_keys.h"

namespace postbounce {

// The keys in the file `path`, none where there is no such file: a site need
// not sign. An error names the file and, with kSyntax, the line.
Result<VerpKeys> LoadVerpKeys(const std::string& path);

// Appends a new random key, by which all new addresses are signed from then
// on, and makes the file if there is none. The key's id; kLimit when all are
// in use. One process at a time may do this.
Result<std::uint8_t> AddVerpKey(const std::string& path);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_VERP_KEY_FILE_H_
