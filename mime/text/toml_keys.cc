#include "mime/text/toml_keys.h"

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kMaxDots = 1000;

std::size_t DotsOutsideQuotes(std::string_view line) {
  std::size_t dots = 0;
  char quote = 0;
  for (const char c : line) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '.') {
      ++dots;
    }
  }
  return dots;
}

}  // namespace

std::optional<std::size_t> FindDeepKey(std::string_view toml) {
  std::size_t number = 0;
  while (const std::optional<std::string_view> line = TakeLine(&toml)) {
    ++number;
    if (DotsOutsideQuotes(*line) > kMaxDots) return number;
  }
  return std::nullopt;
}

}  // namespace postbounce
