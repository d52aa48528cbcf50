#ifndef POSTBOUNCE_MIME_TEXT_REPORT_H_
#define POSTBOUNCE_MIME_TEXT_REPORT_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "mime/delivery_report.h"
#include "mime/header.h"

namespace postbounce {

// What a bounce says to people: the older and the less standard mail systems
// write no machine-readable report. Read by structure: addresses that head a
// line, sessions, quoted replies, and phrases of many languages.
struct TextReport {
  DeliveryReport report;
  // Where in the text the returned message begins; its size when there is
  // none. Nothing behind is looked at.
  std::size_t returned = 0;
};

// `text` is UTF-8 with LF line ends; its first 64 KiB are read. nullopt when
// it is no bounce: that takes a sender or a subject that only bounces have,
// and words that say that a mail was not delivered. `returned_to` is the
// recipient that the returned message names, if it names just one; it is taken
// where the text names nobody. Linear.
std::optional<TextReport> ReadTextReport(const Header& header,
                                         std::string_view text,
                                         std::string_view returned_to);

// True when nothing says why: no Diagnostic-Code, or only numbers, such as the
// exit status in "X-Unix; 77".
bool IsSilent(const ReportedRecipient& recipient);

// True when neither field holds a mailbox: a program, a folder, X.400.
bool IsNameless(const ReportedRecipient& recipient);

// Adds to a machine-readable report what only the text and the header say: the
// reason of silent recipients, the address of a nameless one.
void CompleteReport(const Header& header, std::string_view text,
                    DeliveryReport* report);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_REPORT_H_
