#ifndef POSTBOUNCE_MIME_TEXT_TIMESTAMP_H_
#define POSTBOUNCE_MIME_TEXT_TIMESTAMP_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace postbounce {

// UTC, in milliseconds since 1970. Below daemon/ nobody asks the clock: the
// time is a parameter.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

// An RFC 5322 date-time, with obsolete zones and comments, such as
// "Sat, 21 Nov 2026 00:27:56 +0000 (UTC)". An unknown zone is read as UTC
// (RFC 5322 section 4.3), and so is a missing one. Years 1970 to 9999; nullopt
// for all else.
std::optional<Timestamp> ParseDate(std::string_view text);

// "2026-11-21T00:27:56Z"; milliseconds are cut off.
std::string FormatTimestamp(Timestamp time);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_TIMESTAMP_H_
