#include "daemon/cli/csv.h"

#include <algorithm>

#include "mime/text/text.h"

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

void AppendCsvField(std::string_view text, std::string* to) {
  const auto is_usual = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) ||
           c == '.' || c == '_' || c == ':';
  };
  // Most fields are of such bytes alone, and are no formula then.
  const bool is_plain =
      text.empty() ||
      (is_usual(text[0]) && std::all_of(text.begin(), text.end(), [&](char c) {
         return is_usual(c) || c == '@' || c == '-' || c == '+';
       }));
  *to += is_plain ? text : std::string_view(CsvField(text));
}

}  // namespace postbounce
