#ifndef POSTBOUNCE_DAEMON_EXPORT_ROWS_H_
#define POSTBOUNCE_DAEMON_EXPORT_ROWS_H_

#include <optional>
#include <string>
#include <string_view>

#include "mime/text/timestamp.h"
#include "store/exported.h"

namespace postbounce {

// A row of "export" of postbounce-query(5). A tab ends each field but the last,
// a line feed that.
struct ExportRow {
  std::string_view address;  // empty: it was forgotten
  std::string_view scope;
  std::string_view reason;
  std::string_view since;
  std::string_view until;
  std::string_view ref;
  // Of changes.
  std::string_view number;  // of the address
  std::string_view change;  // kToAdd or kToRemove
};
inline constexpr std::string_view kToAdd = "add";
inline constexpr std::string_view kToRemove = "remove";

// Makes many rows: a million in a fraction of a second.
class ExportRowWriter {
 public:
  enum class Kind { kListed, kChanged };
  ExportRowWriter(Kind kind, bool has_refs)
      : kind_(kind), has_refs_(has_refs) {}

  void Append(const Exported& place, std::string* to);

 private:
  // As FormatTimestamp().
  void AppendTime(Timestamp time, std::string* to);

  const Kind kind_;
  const bool has_refs_;
  std::chrono::sys_days day_{};
  std::string date_;  // of day_
};

// Takes the first row off `rest`; false: there is none.
bool TakeExportRow(std::string_view* rest, ExportRow* row);

// "57.9f86d081884c7d6.1795220876123": seq, check and time.
std::string FormatMark(const ChangeMark& mark);
std::optional<ChangeMark> ParseMark(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_EXPORT_ROWS_H_
