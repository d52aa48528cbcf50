#ifndef POSTBOUNCE_MIME_EMBEDDED_REPORT_H_
#define POSTBOUNCE_MIME_EMBEDDED_REPORT_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace postbounce {

// Where in a text the fields of a delivery report stand.
struct EmbeddedReport {
  std::size_t begin;
  std::size_t end;
  bool is_whole;  // it names the Reporting-MTA too
};

// Finds the fields of a delivery report in a text, where a mail system wrote
// them for people to read, or a gateway made one text of all parts. That takes
// a recipient's field and an Action or a Status, all at the beginning of
// lines, and a beginning in the first 64 KiB. What stands behind the header of
// a returned message is not looked at. `text` has LF line ends. Linear.
std::optional<EmbeddedReport> FindEmbeddedReport(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_EMBEDDED_REPORT_H_
