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

bool HasType(std::string_view lines) {
  while (const std::optional<std::string_view> line = TakeLine(&lines)) {
    if (StartsWithIgnoringCase(*line, "content-type:")) return true;
  }
  return false;
}

// Where the first line behind `begin` that begins with "--" does, or npos.
std::size_t NextDashes(std::string_view body, std::size_t begin) {
  const std::size_t found = body.find("\n--", begin);
  return found == body.npos ? found : found + 1;
}

}  // namespace

std::string_view SeenBoundary(std::string_view body) {
  body = body.substr(0, limits::kHeaderBlock);
  // Each turn goes on to the next line that begins with "--".
  for (std::size_t begin = body.starts_with("--") ? 0 : NextDashes(body, 0);
       begin != body.npos; begin = NextDashes(body, begin)) {
    std::string_view rest = body.substr(begin);
    const std::string_view line = TakeLine(&rest).value_or(rest);
    if (!StartsWithIgnoringCase(rest, "content-") || !IsDelimiter(line, {})) {
      continue;
    }
    // Behind the header of a returned message, these are its parts.
    const bool returned = HasType(body.substr(0, begin));
    return returned ? std::string_view() : Trim(line.substr(2));
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
