#include "daemon/cli/csv.h"

namespace postbounce {

std::string CsvField(std::string_view text) {
  std::string field;
  const bool formula =
      !text.empty() &&
      std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  if (formula) field += '\'';
  for (char c : text) {
    if (c == '"') field += '"';
    const auto byte = static_cast<unsigned char>(c);
    field += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  if (field.find_first_of("\",; '") == std::string::npos) return field;
  return '"' + field + '"';
}

}  // namespace postbounce
