#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/own_text.h"
#include "mime/quoted_reply.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"
#include "mime/text_report.h"

namespace postbounce {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

// The text of a bounce: any bytes give at most so many recipients, in UTF-8
// where the text was, and their texts are bounded.
void ReadText(std::string_view text) {
  Header header;
  header.Add("From", "MAILER-DAEMON@mx.example.net");
  header.Add("To", "news@example.com");
  header.Add("Subject", "failure notice");
  if (const auto found = ReadTextReport(header, text, "joe@example.org")) {
    Check(found->returned <= text.size());
    Check(found->report.recipients.size() <= limits::kReportRecipients);
    Check(!found->report.recipients.empty());
    for (const ReportedRecipient& recipient : found->report.recipients) {
      Check(recipient.final_recipient.mailbox.has_value());
      Check(recipient.diagnostic.size() <= limits::kDiagnosticKept);
    }
  }
  DeliveryReport report = ParseDeliveryReport(text);
  CompleteReport(header, text, &report);
  HtmlToText(text);
  Check(ReasonText(text).size() <= 1500);
  const std::size_t reply = FindReply(text);
  Check(reply == text.npos || IsDigit(text[reply]));
}

}  // namespace
}  // namespace postbounce

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  postbounce::ReadText({reinterpret_cast<const char*>(data), size});
  return 0;
}
