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
// the rest as UTF-8 and, where it is one, as a mailbox.
//
// "\x{E9}" is decoded where the type is utf-8 (RFC 6533), xtext in an
// Original-Recipient alone, which comes from an ORCPT parameter, and there only
// "+2B" and "+3D", and only if each "+" begins one of the two: RFC 3461 wants
// them decoded by whoever writes the report, Postfix does so, and
// "joe+2024@example.org" is a mailbox of its own. A Final-Recipient is taken
// as it stands.
struct TypedAddress {
  std::string type;
  std::string text;  // as given behind ";", trimmed; at most kAddressUtf8
  std::optional<Address> mailbox;
};

enum class AddressOrigin { kOrcpt, kEnvelope };

// Reads the value of such a field, unfolded. A missing type is empty; angle
// brackets and comments around the mailbox are dropped.
TypedAddress ParseTypedAddress(std::string_view value, AddressOrigin origin);

// What is kept of fields that are short by nature. Text is always UTF-8.
inline constexpr std::size_t kFieldKept = 1024;

// The fields of one recipient, RFC 3464 section 2.3. Absent ones are empty.
struct ReportedRecipient {
  TypedAddress original_recipient;
  TypedAddress final_recipient;
  Action action = Action::kOther;
  std::string action_text;      // as given, at most kFieldKept bytes
  std::string status;           // as given, comments included; likewise
  std::string remote_mta;       // without "dns;"; likewise
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
// delivery-status part, its first limits::kReportSize bytes. Any bytes are
// accepted: fields that make no sense are left out, a group without a
// recipient, an action or a status is no recipient, and a report may have
// none. Per-message fields count wherever they stand, the first of each.
// Empty lines in the wrong places do not split a recipient in two nor join
// two into one. Linear in time.
DeliveryReport ParseDeliveryReport(std::string_view body);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_DELIVERY_REPORT_H_
