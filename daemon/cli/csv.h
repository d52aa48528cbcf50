#ifndef POSTBOUNCE_DAEMON_CLI_CSV_H_
#define POSTBOUNCE_DAEMON_CLI_CSV_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace postbounce {

// A field of an RFC 4180 file, quoted where needed. A text that a spreadsheet
// would run as a formula (one that begins with = + - @, tab or CR) gets an
// apostrophe in front; control characters become blanks.
std::string CsvField(std::string_view text);
void AppendCsvField(std::string_view text, std::string* to);
// Makes what begins at `begin` a field.
void MakeCsvField(std::size_t begin, std::string* text);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_CSV_H_
