#include "daemon/cli/list_reader.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kChunk = 256u << 10;
// What spreadsheets put in front of a file in UTF-8.
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::optional<char> DelimiterOf(const ListFormat& format) {
  if (!format.column) return std::nullopt;
  return format.delimiter;
}

// From 1; 0 for a column that has a name, and without one.
std::size_t NumberOf(const ListFormat& format) {
  if (!format.column) return 0;
  std::string_view rest = *format.column;
  const auto number = TakeNumber(&rest);
  return number && rest.empty() ? static_cast<std::size_t>(*number) : 0;
}

// Whether the first record of a file tells which column it is.
bool IsNamed(const ListFormat& format) {
  return format.column && NumberOf(format) == 0;
}

std::size_t MarkSize(const Row& row) {
  const bool has_mark = row.line == 1 && row.bytes.starts_with(kByteOrderMark);
  return has_mark ? kByteOrderMark.size() : 0;
}

std::string_view WithoutMark(const Row& row) {
  return std::string_view(row.bytes).substr(MarkSize(row));
}

}  // namespace

std::string WhyNotAsked(std::string_view address) {
  if (address.size() > limits::kAddressUtf8) return "the address is too long";
  if (!IsValidUtf8(address)) return "the address is not in UTF-8";
  const bool has_controls =
      std::any_of(address.begin(), address.end(),
                  [](char c) { return static_cast<unsigned char>(c) < ' '; });
  if (has_controls) return "the address has control characters";
  return {};
}

ListReader::ListReader(std::vector<OpenFile> files, ListFormat format)
    : files_(std::move(files)),
      format_(std::move(format)),
      column_(IsNamed(format_) || !format_.column ? 0 : NumberOf(format_) - 1),
      knows_column_(!IsNamed(format_)),
      rows_(DelimiterOf(format_)),
      chunk_(kChunk) {}

Error ListReader::InFile(const Error& error) const {
  return Error(error.code(), fmt::format("{}: {}", Printable(file_name(), 200),
                                         error.ToString()));
}

// Whether ReadMore() would not wait.
bool ListReader::HasMore() const {
  pollfd file = {files_[file_].fd.get(), POLLIN, 0};
  return poll(&file, 1, 0) != 0;
}

Result<void> ListReader::ReadMore() {
  ssize_t size = -1;
  do {
    size = read(files_[file_].fd.get(), chunk_.data(), chunk_.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0) {
    return InFile(Error(ErrorCode::kIo, std::strerror(errno)));
  }
  rows_.Append(std::string_view(chunk_.data(), static_cast<std::size_t>(size)));
  if (size == 0) rows_.End();
  return {};
}

// Moves on to the next file behind the last row of one, and drops its byte
// order mark, as its rows come behind others.
Result<std::optional<Row>> ListReader::NextRow(bool may_wait) {
  for (;;) {
    auto row = rows_.Next();
    if (!row) return InFile(row.error());
    if (*row) {
      if (file_ > 0) (*row)->bytes.erase(0, MarkSize(**row));
      return row;
    }
    if (!rows_.ended()) {
      if (!may_wait && !HasMore()) return std::optional<Row>();
      const auto read = ReadMore();
      if (!read) return read.error();
    } else if (!knows_column_) {
      return InFile(
          Error(ErrorCode::kSyntax, "there is no row with the names"));
    } else if (file_ + 1 < files_.size()) {
      ++file_;
      rows_ = RowReader(DelimiterOf(format_));
      knows_column_ = !IsNamed(format_);
    } else {
      return std::optional<Row>();
    }
  }
}

// The rows of all files go out under the names of the first one.
Result<void> ListReader::TakeNames(const Row& row) {
  std::vector<std::string> names;
  FieldReader fields(WithoutMark(row), format_.delimiter);
  while (auto name = fields.Next()) names.emplace_back(Trim(*name));
  if (file_ > 0 && names != names_) {
    return InFile(Error(ErrorCode::kSyntax,
                        "the first row is not that of the first file"));
  }
  names_ = std::move(names);
  const auto column =
      std::find_if(names_.begin(), names_.end(), [this](const auto& name) {
        return EqualsIgnoringCase(name, *format_.column);
      });
  if (column == names_.end()) {
    return InFile(Error(ErrorCode::kSyntax,
                        "the first row names no such column", *format_.column));
  }
  column_ = static_cast<std::size_t>(column - names_.begin());
  knows_column_ = true;
  return {};
}

void ListReader::FindAddress(ListedRow* listed) const {
  const std::string_view text = WithoutMark(listed->row);
  if (!format_.column) {
    listed->address = Trim(text);
  } else {
    FieldReader fields(text, format_.delimiter);
    auto field = fields.Next();
    for (std::size_t i = 0; field && i < column_; ++i) field = fields.Next();
    if (!field) listed->error = "the row ends before the column";
    if (field) listed->address = Trim(*field);
  }
  if (listed->error.empty()) listed->error = WhyNotAsked(listed->address);
}

// A row that is neither blank nor a comment; else as NextRow().
Result<std::optional<Row>> ListReader::NextFilledRow(bool may_wait) {
  for (;;) {
    auto row = NextRow(may_wait);
    if (!row || !*row) return row;
    const std::string_view text = Trim(WithoutMark(**row));
    const bool is_comment = !format_.column && text.starts_with('#');
    if (!text.empty() && !is_comment) return row;
  }
}

Result<std::string> ListReader::ReadHeader() {
  if (knows_column_) return std::string();
  auto row = NextFilledRow(true);
  if (!row) return row.error();
  const auto taken = TakeNames(**row);
  if (!taken) return taken.error();
  return std::move((*row)->bytes);
}

Result<std::optional<ListedRow>> ListReader::Next(bool may_wait) {
  for (;;) {
    auto row = NextFilledRow(may_wait);
    if (!row) return row.error();
    if (!*row) return std::optional<ListedRow>();
    if (knows_column_) {
      ListedRow listed;
      listed.row = *std::move(*row);
      FindAddress(&listed);
      return std::optional<ListedRow>(std::move(listed));
    }
    const auto taken = TakeNames(**row);
    if (!taken) return taken.error();
  }
}

}  // namespace postbounce
