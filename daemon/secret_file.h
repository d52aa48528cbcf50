#ifndef POSTBOUNCE_DAEMON_SECRET_FILE_H_
#define POSTBOUNCE_DAEMON_SECRET_FILE_H_

#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// 32 random bytes in hexadecimal. kIo.
Result<std::string> MakeSecret();

// Writes a small file of secrets. A crash leaves the file that was there or
// the whole new one, on disk before this returns. It has owner and mode of the
// file that it replaces; else mode 0600, and where root writes it the owner of
// its folder, whose daemon is to read it. kIo.
Result<void> WriteSecretFile(const std::string& path, std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_SECRET_FILE_H_
