#ifndef POSTBOUNCE_MIME_FEEDBACK_REPORT_H_
#define POSTBOUNCE_MIME_FEEDBACK_REPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "mime/header.h"
#include "mime/text/address.h"

namespace postbounce {

// What a message/feedback-report part says, RFC 5965 section 3.
struct FeedbackReport {
  std::string feedback_type;  // "abuse", in lower case
  std::string user_agent;
  std::string source_ip;
  // Original-Rcpt-To, those that are readable and not redacted. A complaint
  // may name nobody.
  std::vector<Address> original_recipients;

  // Nobody complains: RFC 6591 reports mail, of whomever, that failed SPF or
  // DKIM; RFC 6430 takes a complaint back.
  bool is_about_authentication() const;
  bool is_not_spam() const;
};

// Any bytes are accepted; linear in time.
FeedbackReport ParseFeedbackReport(std::string_view body);

// Takes the recipient out of the message that was complained about, where the
// report names none.
void AddOriginalRecipient(const Header& original, FeedbackReport* report);

// True for the header of a message that Outlook.com returns as a complaint: its
// JMRP sends the message as an attachment, without a report.
bool IsJmrpOriginal(const Header& original);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_FEEDBACK_REPORT_H_
