#ifndef POSTBOUNCE_MIME_FEEDBACK_REPORT_H_
#define POSTBOUNCE_MIME_FEEDBACK_REPORT_H_

#include <string>
#include <string_view>
#include <vector>

#include "mime/text/address.h"

namespace postbounce {

// A complaint: what a message/feedback-report part says, RFC 5965 section 3.
struct FeedbackReport {
  std::string feedback_type;  // "abuse", in lower case
  std::string user_agent;
  std::string source_ip;
  std::vector<Address> original_recipients;  // Original-Rcpt-To, readable ones
};

// Any bytes are accepted; linear in time.
FeedbackReport ParseFeedbackReport(std::string_view body);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_FEEDBACK_REPORT_H_
