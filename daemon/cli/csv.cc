#include "daemon/cli/csv.h"

#include <algorithm>
#include <array>

namespace postbounce {
namespace {

// Where in a field without quotes a byte may be.
enum class Kind : char { kNowhere, kInside, kAnywhere };

constexpr std::array<Kind, 256> MakeUsual() {
  std::array<Kind, 256> kinds{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLM"
                                       "NOPQRSTUVWXYZ0123456789._:")) {
    kinds[static_cast<unsigned char>(c)] = Kind::kAnywhere;
  }
  for (const char c : std::string_view("@-+")) {
    kinds[static_cast<unsigned char>(c)] = Kind::kInside;
  }
  return kinds;
}
constexpr auto kUsual = MakeUsual();

std::size_t Byte(char c) { return static_cast<unsigned char>(c); }

}  // namespace

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
  const std::size_t begin = to->size();
  *to += text;
  MakeCsvField(begin, to);
}

void MakeCsvField(std::size_t begin, std::string* text) {
  const auto field = std::string_view(*text).substr(begin);
  // Most fields are of such bytes alone, and are no formula then.
  if (field.empty() || (kUsual[Byte(field[0])] == Kind::kAnywhere &&
                        std::all_of(field.begin(), field.end(), [](char c) {
                          return kUsual[Byte(c)] != Kind::kNowhere;
                        }))) {
    return;
  }
  const std::string made = CsvField(field);
  text->replace(begin, std::string::npos, made);
}

}  // namespace postbounce
