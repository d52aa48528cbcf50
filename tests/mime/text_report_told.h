#ifndef POSTBOUNCE_TESTS_MIME_TEXT_REPORT_TOLD_H_
#define POSTBOUNCE_TESTS_MIME_TEXT_REPORT_TOLD_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mime/text_report.h"

namespace postbounce {

inline constexpr char kDaemon[] =
    "Mail Delivery System <MAILER-DAEMON@mx.example.net>";

inline Header MakeHeader(std::string from, std::string subject) {
  Header header;
  header.Add("From", std::move(from));
  header.Add("To", "news@example.com");
  header.Add("Subject", std::move(subject));
  return header;
}

// "joe@example.org failed: 550 5.1.1 no [mx.example.org]", one for each.
inline std::vector<std::string> Told(const DeliveryReport& report) {
  std::vector<std::string> told;
  for (const ReportedRecipient& recipient : report.recipients) {
    std::string line = recipient.final_recipient.text;
    if (!recipient.original_recipient.text.empty()) {
      line += " of " + recipient.original_recipient.text;
    }
    line += " " + std::string(ActionName(recipient.action)) + ": " +
            recipient.diagnostic;
    if (!recipient.remote_mta.empty())
      line += " [" + recipient.remote_mta + "]";
    told.push_back(line);
  }
  return told;
}

inline std::vector<std::string> Read(const Header& header,
                                     std::string_view text) {
  const auto found = ReadTextReport(header, text, "");
  return found ? Told(found->report) : std::vector<std::string>();
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_MIME_TEXT_REPORT_TOLD_H_
