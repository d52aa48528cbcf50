#ifndef POSTBOUNCE_DAEMON_BASE64_H_
#define POSTBOUNCE_DAEMON_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace postbounce {

// RFC 4648 section 4 in one line, with padding: raw mail inside JSON.
std::string EncodeBase64(std::string_view bytes);
// nullopt for what EncodeBase64 does not write.
std::optional<std::string> ParseBase64(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_BASE64_H_
