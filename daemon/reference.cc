#include "daemon/reference.h"

#include <charconv>

#include "classifier/classifier.h"

namespace postbounce {
namespace {

constexpr std::size_t kDigits = 16;

}  // namespace

std::string FormatReference(std::uint64_t reference) {
  std::string text(kDigits, '0');
  for (auto digit = text.rbegin(); reference != 0; reference >>= 4) {
    *digit++ = "0123456789abcdef"[reference & 15];
  }
  return text;
}

std::optional<std::uint64_t> ParseReference(std::string_view text) {
  // CLI11 takes brackets off, as it would off a list.
  if (text.starts_with('[') && text.ends_with(']')) {
    text.remove_prefix(1);
    text.remove_suffix(1);
  }
  const std::string_view word = kOwnRefusalMarker.substr(1);
  if (text.starts_with(word)) text.remove_prefix(word.size());
  std::uint64_t reference = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, reference, 16);
  const bool is_whole = text.size() == kDigits && read.ptr == end;
  return is_whole ? std::optional(reference) : std::nullopt;
}

}  // namespace postbounce
