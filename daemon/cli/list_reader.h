#ifndef POSTBOUNCE_DAEMON_CLI_LIST_READER_H_
#define POSTBOUNCE_DAEMON_CLI_LIST_READER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/asker.h"
#include "daemon/cli/row_reader.h"
#include "mime/text/result.h"

namespace postbounce {

// How a mailing list is written.
struct ListFormat {
  // Where the address is in a record: the name of a column, which the first
  // record has, or its number, from 1, in a file without names. Absent: an
  // address a line.
  std::optional<std::string> column;
  char delimiter = ',';  // of a record; no quote and no line end
};

// What a list has at one place.
struct ListedRow {
  Row row;
  std::string address;  // without blanks around it
  std::string error;    // why it cannot be asked about; else empty
};

// Why a request cannot have this address: it would not be JSON, or leave no
// room for another; empty if it can.
std::string WhyNotAsked(std::string_view address);

// Reads the addresses of lists, in bounded memory. In a list of lines, blank
// ones and those that begin with "#" are left out; in records, blank ones are.
class ListReader {
 public:
  // All are lists of one format, CSV files with the same names in their first
  // rows. At least one.
  ListReader(std::vector<OpenFile> files, ListFormat format);

  // The row that names the columns, with its line end: empty where none does.
  // To be called before Next(), if at all, with its errors.
  Result<std::string> ReadHeader();
  // The next row; nullopt behind the last one and, unless it `may_wait`, when
  // more would have to be waited for. Only the first file keeps its byte order
  // mark. kSyntax or kLimit for a file that cannot be cut into rows, has no
  // such column or other names than the first, kIo for one that cannot be read.
  Result<std::optional<ListedRow>> Next(bool may_wait = true);
  // Of the row that Next() gave last.
  const std::string& file_name() const { return files_[file_].name; }

 private:
  Result<std::optional<Row>> NextRow(bool may_wait);
  Result<std::optional<Row>> NextFilledRow(bool may_wait);
  bool HasMore() const;
  Result<void> ReadMore();
  Result<void> TakeNames(const Row& row);
  void FindAddress(ListedRow* listed) const;
  Error InFile(const Error& error) const;

  std::vector<OpenFile> files_;
  const ListFormat format_;
  std::size_t file_ = 0;
  std::vector<std::string> names_;  // of the columns; empty without names
  std::size_t column_;              // from 0
  bool knows_column_;               // in the file that is read now
  RowReader rows_;
  std::vector<char> chunk_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_LIST_READER_H_
