#include "daemon/cli/exchange_reader.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "daemon/cli/exchange_columns.h"
#include "daemon/cli/row_reader.h"
#include "daemon/cli/verb.h"
#include "daemon/export_rows.h"
#include "daemon/list_import.h"
#include "mime/text/digest.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;
using Shape = ExchangeFormat::Shape;

constexpr std::size_t kChunk = 256u << 10;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kChecksum = "# sha256 ";

// A field as it was before AppendCsvField().
std::string_view WithoutApostrophe(std::string_view text) {
  const bool is_formula = text.size() > 1 && text[0] == '\'' &&
                          std::string_view("=+-@").find(text[1]) != text.npos;
  return text.substr(is_formula ? 1 : 0);
}

// Of a file that tells changes.
Error NoLonger() {
  return Error(ErrorCode::kSyntax, "it is no longer suppressed there");
}

// A file without a name.
class MemoryFile {
 public:
  void Append(std::string_view bytes) {
    buffer_ += bytes;
    size_ += bytes.size();
    if (buffer_.size() >= kChunk) Flush();
  }
  std::size_t size() const { return size_; }
  // Once, at the end.
  Result<OpenFile> Finish() {
    Flush();
    if (error_ != 0) return Error(ErrorCode::kIo, std::strerror(error_));
    lseek(fd_.get(), 0, SEEK_SET);
    return OpenFile{std::move(fd_), "import"};
  }

 private:
  void Flush() {
    std::string_view rest = buffer_;
    while (error_ == 0 && !rest.empty()) {
      const ssize_t size = write(fd_.get(), rest.data(), rest.size());
      if (size < 0 && errno != EINTR) error_ = errno;
      if (size > 0) rest.remove_prefix(static_cast<std::size_t>(size));
    }
    buffer_.clear();
  }

  Fd fd_{memfd_create("import", MFD_CLOEXEC)};
  std::string buffer_;
  std::size_t size_ = 0;
  int error_ = 0;
};

class ExchangeReader {
 public:
  ExchangeReader(const ExchangeFormat& format, const Listing& otherwise)
      : format_(format),
        otherwise_(otherwise),
        rows_(format.is_csv() ? std::optional(',') : std::nullopt) {
    if (format.shape == Shape::kNamed) return;
    for (const Column& column : format.columns) columns_.push_back(&column);
  }

  Result<void> Read(const OpenFile& file) {
    std::string chunk(kChunk, '\0');
    while (!rows_.ended()) {
      const ssize_t size = read(file.fd.get(), chunk.data(), chunk.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return Error(ErrorCode::kIo, std::strerror(errno));
      rows_.Append({chunk.data(), static_cast<std::size_t>(size)});
      if (size == 0) rows_.End();
      const auto taken = TakeRows();
      if (!taken) return taken;
    }
    if (!columns_.empty() || format_.shape == Shape::kJson) return {};
    return Error(ErrorCode::kSyntax, "there is no row with the names");
  }

  MemoryFile& output() { return output_; }

 private:
  Result<void> TakeRows() {
    for (;;) {
      const auto row = rows_.Next();
      if (!row) return row.error();
      if (!*row) return {};
      const auto taken = Take(**row);
      if (!taken) return taken;
      if (output_.size() > ListImport::kMaxBytes) {
        return Error(ErrorCode::kLimit, "the file is too long");
      }
    }
  }

  Result<void> Take(const Row& row) {
    std::string_view text = row.bytes;
    if (row.line == 1 && text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    if (format_.has_comments() && text.starts_with(kChecksum)) {
      return Check(text.substr(kChecksum.size()));
    }
    sum_.Append(row.bytes);
    ++lines_;
    const std::string_view trimmed = Trim(text);
    if (trimmed.empty()) return {};
    if (format_.has_comments() && trimmed.starts_with('#')) return {};
    if (columns_.empty() && format_.shape == Shape::kNamed) {
      return TakeNames(text);
    }
    Put(format_.shape == Shape::kJson ? FromJson(trimmed) : FromFields(text),
        row.line);
    return {};
  }

  Result<void> Check(std::string_view told) {
    const Digest digest = sum_.Finish();
    const std::string is = fmt::format(
        "{} {}",
        Hex({reinterpret_cast<const char*>(digest.data()), digest.size()}),
        lines_);
    if (Trim(told) == is) return {};
    return Error(ErrorCode::kCorrupt,
                 "the checksum is not that of the lines before it");
  }

  // Columns may be in any order; those that say nothing are left alone.
  Result<void> TakeNames(std::string_view text) {
    bool has_address = false;
    FieldReader fields(text, ',');
    while (const auto name = fields.Next()) {
      const auto found =
          std::find_if(format_.columns.begin(), format_.columns.end(),
                       [&](const Column& column) {
                         return EqualsIgnoringCase(column.name, Trim(*name));
                       });
      const bool is_known = found != format_.columns.end();
      if (EqualsIgnoringCase(columns::kChange.name, Trim(*name))) {
        change_ = columns_.size();
      }
      columns_.push_back(is_known ? &*found : nullptr);
      has_address = has_address || found == format_.columns.begin();
    }
    if (has_address) return {};
    return Error(ErrorCode::kSyntax, "the first row names no such column",
                 format_.columns.front().name);
  }

  Result<json::object> FromJson(std::string_view text) const {
    json::error_code error;
    json::value value = json::parse(text, error);
    if (error || !value.is_object()) {
      return Error(ErrorCode::kSyntax, "this is no JSON object");
    }
    Listing listing;
    ReadEntry(value.get_object(), &listing);
    json::object row = ToRow(std::move(listing));
    if (TextField(value.get_object(), "change") == kToRemove) return NoLonger();
    const json::value* state = value.get_object().if_contains("state");
    if (state != nullptr) row["state"] = *state;
    return row;
  }

  // Empty: the row says nothing of the list.
  Result<json::object> FromFields(std::string_view text) const {
    Listing listing;
    listing.reason = otherwise_.reason;
    std::size_t i = 0;
    FieldReader fields(text, format_.is_csv() ? ',' : '\t');
    std::string_view rest = Trim(text);
    while (i < columns_.size()) {
      const auto field = format_.is_csv() ? fields.Next() : NextField(&rest, i);
      if (!field) break;
      if (i == change_ && Trim(*field) == kToRemove) return NoLonger();
      const Column* const column = columns_[i++];
      if (column == nullptr || column->read == nullptr) continue;
      const std::string_view trimmed = Trim(*field);
      const auto read = column->read(
          format_.is_csv() ? WithoutApostrophe(trimmed) : trimmed, &listing);
      if (!read) return read.error();
    }
    if (i == 0) return Error(ErrorCode::kSyntax, "this is no row");
    if (listing.address.empty() && format_.shape == Shape::kMap) {
      return json::object();
    }
    return ToRow(std::move(listing));
  }

  // Blanks end the key of a map; nothing ends the last field of a line.
  std::optional<std::string> NextField(std::string_view* rest,
                                       std::size_t index) const {
    if (rest->empty()) return std::nullopt;
    const bool is_last = index + 1 == columns_.size();
    const std::size_t end =
        is_last ? rest->size()
                : std::min(rest->find_first_of(" \t"), rest->size());
    std::string field(rest->substr(0, end));
    *rest = Trim(rest->substr(end));
    return field;
  }

  json::object ToRow(Listing listing) const {
    const auto choose = [](std::string& told, const std::string& otherwise) {
      return json::value(ToUtf8(told.empty() ? otherwise : told));
    };
    return {{"address", ToUtf8(listing.address)},
            {"scope", choose(listing.scope, otherwise_.scope)},
            {"reason", choose(listing.reason, otherwise_.reason)},
            {"since", ToUtf8(listing.since)},
            {"until", choose(listing.until, otherwise_.until)}};
  }

  void Put(Result<json::object> row, std::uint64_t line) {
    if (row && row->empty()) return;
    json::object put = row ? *std::move(row) : json::object();
    if (!row) put["error"] = ToUtf8(row.error().ToString());
    put["line"] = line;
    output_.Append(json::serialize(put));
    output_.Append("\n");
  }

  const ExchangeFormat& format_;
  const Listing& otherwise_;
  std::vector<const Column*> columns_;
  std::size_t change_ = std::string::npos;  // of the columns, which one tells
  RowReader rows_;
  Sha256Sum sum_;
  std::uint64_t lines_ = 0;
  MemoryFile output_;
};

}  // namespace

Result<OpenFile> ReadExchange(OpenFile file, const ExchangeFormat& format,
                              const Listing& otherwise) {
  ExchangeReader reader(format, otherwise);
  const auto read = reader.Read(file);
  if (!read) {
    return Error(read.error().code(),
                 fmt::format("{}: {}", Printable(file.name, 200),
                             read.error().ToString()));
  }
  return reader.output().Finish();
}

}  // namespace postbounce
