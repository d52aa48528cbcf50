#include "daemon/cli/row_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {

void RowReader::Append(std::string_view bytes) {
  buffer_.erase(0, start_);
  searched_ -= start_;
  start_ = 0;
  buffer_ += bytes;
}

bool RowReader::FindLineEnd() {
  const std::size_t end = buffer_.find('\n', searched_);
  searched_ = end == std::string::npos ? buffer_.size() : end + 1;
  return end != std::string::npos;
}

// Leaves searched_ behind the row's line end, if that is there.
bool RowReader::FindEnd() {
  if (!delimiter_) return FindLineEnd();
  while (searched_ < buffer_.size()) {
    const char c = buffer_[searched_++];
    if (place_ == Place::kQuoted) {
      if (c == '"') place_ = Place::kQuoteInQuotes;
      continue;
    }
    if (c == '\n') return true;
    const bool opens = c == '"' && place_ != Place::kPlain;
    place_ = opens             ? Place::kQuoted
             : c == delimiter_ ? Place::kFieldStart
                               : Place::kPlain;
  }
  return false;
}

Row RowReader::Take() {
  Row row;
  row.bytes = buffer_.substr(start_, searched_ - start_);
  row.line = line_;
  line_ += static_cast<std::uint64_t>(
      std::count(row.bytes.begin(), row.bytes.end(), '\n'));
  start_ = searched_;
  place_ = Place::kFieldStart;
  return row;
}

// Drops blanks in front, and of a comment all but what shows that it is one and
// the last byte, which may be the line end. Whether that was enough.
bool RowReader::Shorten() {
  const auto row = std::string_view(buffer_).substr(start_, searched_ - start_);
  const std::string_view text = Trim(row);
  const bool is_comment = !delimiter_ && text.starts_with('#');
  if (!text.empty() && !is_comment) {
    start_ += static_cast<std::size_t>(text.data() - row.data());
    return searched_ - start_ <= kMaxRow;
  }
  start_ = searched_ - 1;
  if (is_comment) buffer_[--start_] = '#';
  return true;
}

Result<std::optional<Row>> RowReader::Next() {
  const bool found = FindEnd();
  if (searched_ - start_ > kMaxRow && !Shorten()) {
    return Error(
        ErrorCode::kLimit,
        fmt::format(
            "the row that begins in line {} is too long{}", line_,
            place_ == Place::kQuoted ? ": is a quote not closed?" : ""));
  }
  if (found) return std::optional<Row>(Take());
  if (!ended_ || searched_ == start_) return std::optional<Row>();
  if (place_ == Place::kQuoted) {
    return Error(ErrorCode::kSyntax,
                 fmt::format("a quote is not closed in the row that begins in "
                             "line {}",
                             line_));
  }
  return std::optional<Row>(Take());
}

FieldReader::FieldReader(std::string_view record, char delimiter)
    : rest_(record), delimiter_(delimiter) {
  if (rest_.ends_with('\n')) rest_.remove_suffix(1);
  if (rest_.ends_with('\r')) rest_.remove_suffix(1);
}

std::optional<std::string> FieldReader::Next() {
  if (done_) return std::nullopt;
  std::string field;
  bool quoted = rest_.starts_with('"');
  std::size_t at = quoted ? 1 : 0;
  for (; at < rest_.size(); ++at) {
    const char c = rest_[at];
    if (quoted && c == '"') {
      quoted = rest_.substr(at + 1).starts_with('"');
      if (quoted) field += rest_[at++];
    } else if (!quoted && c == delimiter_) {
      break;
    } else {
      field += c;
    }
  }
  done_ = at >= rest_.size();
  rest_.remove_prefix(std::min(at + 1, rest_.size()));
  return field;
}

}  // namespace postbounce
