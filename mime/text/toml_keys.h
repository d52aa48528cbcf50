#ifndef POSTBOUNCE_MIME_TEXT_TOML_KEYS_H_
#define POSTBOUNCE_MIME_TEXT_TOML_KEYS_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace postbounce {

// The line, from 1, in which TOML has more dots outside of quotes than any file
// of ours: toml++ recurses on each of a key's, "a.a.a = 1", without a limit.
// Linear.
std::optional<std::size_t> FindDeepKey(std::string_view toml);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_TOML_KEYS_H_
