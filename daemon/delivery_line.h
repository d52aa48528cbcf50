#ifndef POSTBOUNCE_DAEMON_DELIVERY_LINE_H_
#define POSTBOUNCE_DAEMON_DELIVERY_LINE_H_

#include <string_view>

#include "mime/delivery_report.h"
#include "mime/text/result.h"

namespace postbounce {

// A line in which Postfix logs what became of one recipient, such as
//   Nov 21 00:11:23 out postfix/smtp[218]: 4jWY2c4NLgz1: to=<joe@example.org>,
//   relay=mx.example.org[192.0.2.1]:25, delay=0.1, delays=0/0/0/0.1,
//   dsn=5.1.1, status=bounced (host mx.example.org[192.0.2.1] said: 550 ...)
// as far as a report tells the same. Views into the line.
struct DeliveryLine {
  std::string_view host;  // that logged it; empty where not given
  std::string_view queue_id;
  std::string_view to;       // without angle brackets
  std::string_view orig_to;  // empty where not given
  std::string_view relay;
  std::string_view dsn;
  std::string_view status;  // "bounced", ...: DeliveryStatusName()
  std::string_view text;    // without the parentheses; may have been cut

  // In any form of a line, also one without time and host; kSyntax for any
  // other line.
  static Result<DeliveryLine> Parse(std::string_view line);
};

// Whether `line` begins as any line of Postfix's log does. The time and the
// host may be missing: "postfix/smtp[218]: " is enough.
bool IsPostfixLogLine(std::string_view line);

// What Postfix would report of that delivery. A probe's outcome counts as that
// of a mail.
DeliveryReport ReportOf(const DeliveryLine& line);

// The report of a failure of which nothing is known but these words: the
// fields of a report (`Status: 5.1.1`), a text that Postfix logs ("host H[A]
// said: 550 ..."), or the reply of a server.
DeliveryReport ReportOfText(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_DELIVERY_LINE_H_
