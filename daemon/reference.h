#ifndef POSTBOUNCE_DAEMON_REFERENCE_H_
#define POSTBOUNCE_DAEMON_REFERENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postbounce {

// What a reply to strangers calls an address or a domain: the first 64 bits of
// its key (see HashOf), which say nothing without the site's secret. 16
// hexadecimal digits.
std::string FormatReference(std::uint64_t reference);
// Also as it stands in replies: "[postbounce 9f2c01d6b7a4e853]".
std::optional<std::uint64_t> ParseReference(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_REFERENCE_H_
