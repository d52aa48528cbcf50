#include "mime/text/duration.h"

#include <cstdint>

#include "mime/text/text.h"

namespace postbounce {
namespace {

struct Unit {
  char name;
  std::int32_t seconds;
};
// The largest first.
constexpr Unit kUnits[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

}  // namespace

std::optional<std::chrono::seconds> ParseDuration(std::string_view text) {
  const std::optional<int> number = TakeNumber(&text, 9);
  if (!number || text.size() != 1) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (text[0] == unit.name) {
      return std::chrono::seconds(unit.seconds) * *number;
    }
  }
  return std::nullopt;
}

std::string FormatDuration(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  for (const Unit& unit : kUnits) {
    if (seconds % unit.seconds == 0) {
      return std::to_string(seconds / unit.seconds) + unit.name;
    }
  }
  return "";
}

}  // namespace postbounce
