#ifndef POSTBOUNCE_MIME_DELIVERY_REPORT_H_
#define POSTBOUNCE_MIME_DELIVERY_REPORT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/text/action.h"
#include "mime/text/address.h"
#include "mime/text/timestamp.h"

namespace postbounce {

// "rfc822; joe@example.org" (RFC 3464 section 2.1.2): the type in lower case,
// the rest decoded (xtext, RFC 6533) and, where it is one, as a mailbox.
struct TypedAddress {
  std::string type;
  std::string text;  // as given behind ";", trimmed; at most kAddressUtf8
  std::optional<Address> mailbox;
};

// The fields of one recipient, RFC 3464 section 2.3. Absent ones are empty.
struct ReportedRecipient {
  TypedAddress original_recipient;
  TypedAddress final_recipient;
  Action action = Action::kOther;
  std::string action_text;      // as given
  std::string status;           // as given, comments included
  std::string remote_mta;       // without "dns;"
  std::string diagnostic_type;  // "smtp", "x-postfix", ...
  std::string diagnostic;       // at most limits::kDiagnosticKept, ToUtf8
  std::optional<Timestamp> last_attempt;
  std::optional<Timestamp> will_retry_until;
};

// What a message/delivery-status part says, RFC 3464 section 2.2.
struct DeliveryReport {
  std::string reporting_mta;  // without "dns;"
  std::string received_from_mta;
  std::string original_envelope_id;
  // Postfix's X-<mail_name>-Queue-ID and X-<mail_name>-Sender; mail_name is
  // configurable, so any X-*-Queue-ID is taken.
  std::string queue_id;
  TypedAddress sender;
  std::optional<Timestamp> arrival_date;
  std::vector<ReportedRecipient> recipients;
  std::size_t recipients_omitted = 0;  // those over limits::kReportRecipients
};

// Reads the body of a message/delivery-status or message/global-
// delivery-status part. Any bytes are accepted: fields that make no sense are
// left out, a group without a recipient or a status is no recipient, and a
// report may have none. Linear in time.
DeliveryReport ParseDeliveryReport(std::string_view body);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_DELIVERY_REPORT_H_
