// Whatever a file of another program has, what is read of it can be handed to
// the daemon, which takes or rejects each row; and what it takes is written in
// the same format as something that is read as the same address.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/cli/exchange_format.h"
#include "daemon/cli/exchange_reader.h"
#include "daemon/export_rows.h"
#include "daemon/list_import.h"

namespace {

using namespace postbounce;

constexpr Timestamp kNow{std::chrono::seconds(1'795'220'876)};

OpenFile FileOf(std::string_view bytes) {
  Fd fd(memfd_create("fuzz", MFD_CLOEXEC));
  if (write(fd.get(), bytes.data(), bytes.size()) !=
      static_cast<ssize_t>(bytes.size())) {
    std::abort();
  }
  lseek(fd.get(), 0, SEEK_SET);
  return {std::move(fd), "fuzz"};
}

// Nothing if the file is not of the format.
std::optional<ListImport> Read(const ExchangeFormat& format,
                               std::string_view bytes) {
  auto rows = ReadExchange(FileOf(bytes), format, Listing());
  if (!rows) return std::nullopt;
  const LogBytes file(std::move(rows->fd), rows->name);
  ListImport import;
  if (!import.Read(file, Scopes(), kNow)) std::abort();
  return import;
}

void WriteAndRead(const ExchangeFormat& format, const Imported& row) {
  Listing listing;
  listing.address = row.subject.ToString();
  listing.reason = ReasonName(row.reason);
  listing.since = FormatTimestamp(kNow);
  std::string text = HeaderOf(format);
  if (!AppendListing(format, listing, {Answers(), ""}, &text).empty()) return;
  const auto again = Read(format, text);
  if (!again || again->rejected_count > 0 || again->import.rows.empty() ||
      Subject::Parse(again->import.rows[0].subject.ToString())->ToString() !=
          listing.address) {
    std::abort();
  }
}

void ReadRows(std::string_view bytes) {
  std::size_t size = 0;
  std::string_view rest = bytes;
  ExportRow row;
  while (TakeExportRow(&rest, &row)) {
    size += row.address.size() + row.scope.size() + row.change.size() + 1;
  }
  if (size > bytes.size()) std::abort();
  const auto mark = ParseMark(bytes);
  if (mark && ParseMark(FormatMark(*mark)) != mark) std::abort();
}

}  // namespace

// The first byte says which format it is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1),
                               size - 1);
  ReadRows(bytes);
  const auto formats = ExchangeFormats();
  const ExchangeFormat& format = formats[data[0] % formats.size()];
  if (!format.is_imported()) return 0;
  const auto import = Read(format, bytes);
  if (!import) return 0;
  for (const Imported& row : import->import.rows) {
    WriteAndRead(format, row);
  }
  return 0;
}
