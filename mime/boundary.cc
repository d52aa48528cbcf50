#include "mime/boundary.h"

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kLongest = 200;  // RFC 2046 says 70

// True if `line` is "--" and a boundary, or could be.
bool IsDelimiter(std::string_view line, std::string_view boundary) {
  if (!line.starts_with("--")) return false;
  line.remove_prefix(2);
  while (!line.empty() && IsBlank(line.back())) line.remove_suffix(1);
  if (!boundary.empty()) {
    if (!line.starts_with(boundary)) return false;
    line.remove_prefix(boundary.size());
    return line.empty() || line == "--";
  }
  return !line.empty() && line.size() <= kLongest &&
         line.find_first_not_of('-') != line.npos;
}

}  // namespace

std::string_view SeenBoundary(std::string_view body) {
  std::string_view rest = body.substr(0, limits::kHeaderBlock);
  while (const std::optional<std::string_view> line = TakeLine(&rest)) {
    if (StartsWithIgnoringCase(rest, "content-") && IsDelimiter(*line, {})) {
      return Trim(line->substr(2));
    }
    // The header of a returned message: what follows are its parts.
    if (StartsWithIgnoringCase(*line, "content-type:")) break;
  }
  return {};
}

std::string BoundaryFor(std::string_view declared, std::string_view body) {
  declared = Trim(declared);
  std::string_view rest = body.substr(0, limits::kHeaderBlock);
  while (!declared.empty()) {
    const std::optional<std::string_view> line = TakeLine(&rest);
    if (!line) break;
    if (IsDelimiter(*line, declared)) return std::string(declared);
  }
  const std::string_view found = SeenBoundary(body);
  return std::string(found.empty() ? declared : found);
}

}  // namespace postbounce
