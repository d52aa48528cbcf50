// The rows of a list come out as they went in, however its bytes come, and any
// record has fields.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/row_reader.h"

namespace {

using postbounce::FieldReader;
using postbounce::RowReader;

std::vector<std::string> RowsOf(std::string_view bytes,
                                std::optional<char> delimiter,
                                std::size_t step) {
  RowReader reader(delimiter);
  std::vector<std::string> rows;
  std::size_t at = 0;
  for (;;) {
    const auto row = reader.Next();
    if (!row || (!*row && reader.ended())) return rows;
    if (*row) {
      rows.push_back((*row)->bytes);
    } else if (at >= bytes.size()) {
      reader.End();
    } else {
      reader.Append(bytes.substr(at, step));
      at += step;
    }
  }
}

void Check(std::string_view bytes, std::optional<char> delimiter) {
  const auto rows =
      RowsOf(bytes, delimiter, std::max<std::size_t>(bytes.size(), 1));
  if (rows != RowsOf(bytes, delimiter, 3)) std::abort();
  std::string all;
  for (const std::string& row : rows) all += row;
  if (!bytes.starts_with(all)) std::abort();
  if (!delimiter && all != bytes) std::abort();
  for (const std::string& row : rows) {
    FieldReader fields(row, ',');
    std::size_t size = 0;
    while (const auto field = fields.Next()) size += field->size();
    if (size > row.size()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes, std::nullopt);
  Check(bytes, ',');
  return 0;
}
