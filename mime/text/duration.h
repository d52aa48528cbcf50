#ifndef POSTBOUNCE_MIME_TEXT_DURATION_H_
#define POSTBOUNCE_MIME_TEXT_DURATION_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace postbounce {

// "30d": a whole number of at most nine digits, and s, m, h or d. nullopt for
// all else.
std::optional<std::chrono::seconds> ParseDuration(std::string_view text);

// What ParseDuration() takes, in the largest unit that gives a whole number.
std::string FormatDuration(std::chrono::seconds duration);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_DURATION_H_
