#ifndef POSTBOUNCE_DAEMON_CLI_ROW_READER_H_
#define POSTBOUNCE_DAEMON_CLI_ROW_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

inline constexpr std::size_t kMaxRow = 1u << 20;  // bytes, its end included

// One row of a list of addresses.
struct Row {
  std::string bytes;       // as they came, with the line end
  std::uint64_t line = 0;  // where it begins, from 1
};

// Cuts a stream of bytes into lines, or into the records of an RFC 4180 file,
// in which a quoted field may hold line ends. A quote opens a field only where
// the field begins. Memory is bounded by kMaxRow and what is appended.
class RowReader {
 public:
  // With a delimiter the rows are records, else lines.
  explicit RowReader(std::optional<char> delimiter) : delimiter_(delimiter) {}

  void Append(std::string_view bytes);
  // Nothing more will be appended.
  void End() { ended_ = true; }
  bool ended() const { return ended_; }

  // The next row; nullopt when more bytes are needed or, after End(), there is
  // none. kLimit for a row above kMaxRow, kSyntax for one that ends within
  // quotes; the reader is of no more use then. To blanks in front, and in a
  // line to what follows a "#", kMaxRow is no limit: where it is passed they
  // are left out.
  Result<std::optional<Row>> Next();

 private:
  enum class Place { kFieldStart, kPlain, kQuoted, kQuoteInQuotes };

  bool FindEnd();
  bool FindLineEnd();
  bool Shorten();
  Row Take();

  std::optional<char> delimiter_;
  bool ended_ = false;
  std::string buffer_;
  std::size_t start_ = 0;     // of the next row in buffer_
  std::size_t searched_ = 0;  // its end is not before this
  std::uint64_t line_ = 1;
  Place place_ = Place::kFieldStart;  // at searched_, in a record
};

// The fields of one record, as RowReader gives it. What stands behind a closing
// quote belongs to the field.
class FieldReader {
 public:
  FieldReader(std::string_view record, char delimiter);
  // The next field, without its quotes; nullopt behind the last one.
  std::optional<std::string> Next();

 private:
  std::string_view rest_;
  const char delimiter_;
  bool done_ = false;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_ROW_READER_H_
