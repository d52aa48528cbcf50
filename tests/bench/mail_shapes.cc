#include "tests/bench/mail_shapes.h"

namespace postbounce {
namespace {

#define BOUNCE_FIELDS                              \
  "From: MAILER-DAEMON@mx.example.net\n"           \
  "To: sender@example.com\n"                       \
  "Subject: Undelivered Mail Returned to Sender\n" \
  "Date: Sat, 21 Nov 2026 00:27:16 +0000\n"

// A bounce without a report; its text goes on.
constexpr std::string_view kText = BOUNCE_FIELDS
    "\nYour message could not be delivered to these recipients:\n\n";
constexpr std::string_view kHtml = BOUNCE_FIELDS
    "Content-Type: text/html\n\n"
    "<html><body><p>Your message could not be delivered.</p>\n";
constexpr std::string_view kHeader = BOUNCE_FIELDS;
constexpr std::string_view kMultipart = BOUNCE_FIELDS
    "Content-Type: multipart/report; report-type=delivery-status;\n"
    " boundary=b\n\n"
    "--b\nContent-Type: text/plain\n\nNot delivered.\n\n--b\n";
constexpr std::string_view kReport = BOUNCE_FIELDS
    "Content-Type: multipart/report; report-type=delivery-status;\n"
    " boundary=b\n\n"
    "--b\nContent-Type: text/plain\n\nNot delivered.\n\n"
    "--b\nContent-Type: message/delivery-status\n\n"
    "Reporting-MTA: dns; mx.example.net\n\n";
constexpr std::string_view kDiagnostic = BOUNCE_FIELDS
    "Content-Type: multipart/report; report-type=delivery-status;\n"
    " boundary=b\n\n"
    "--b\nContent-Type: message/delivery-status\n\n"
    "Reporting-MTA: dns; mx.example.net\n\n"
    "Final-Recipient: rfc822; joe@example.org\nAction: failed\n"
    "Status: 5.0.0\nDiagnostic-Code: smtp; ";
constexpr std::string_view kComplaint = BOUNCE_FIELDS
    "Content-Type: multipart/report; report-type=feedback-report;\n"
    " boundary=b\n\n"
    "--b\nContent-Type: message/feedback-report\n\n"
    "Feedback-Type: abuse\nVersion: 1\n";
constexpr std::string_view kReturned = BOUNCE_FIELDS
    "Content-Type: multipart/report; report-type=delivery-status;\n"
    " boundary=b\n\n"
    "--b\nContent-Type: message/delivery-status\n\n"
    "Reporting-MTA: dns; mx.example.net\n\n"
    "Final-Recipient: rfc822; joe@example.org\nAction: failed\n"
    "Status: 5.1.1\n\n"
    "--b\nContent-Type: message/rfc822\n\n"
    "From: sender@example.com\nTo: joe@example.org\n\n";
constexpr std::string_view kEnd = "\n--b--\n";
constexpr std::string_view kNone = "";
#undef BOUNCE_FIELDS

}  // namespace

const std::vector<MailShape>& MailShapes() {
  static const std::vector<MailShape> shapes = {
      {"report: recipients", kReport,
       "Original-Recipient: rfc822; joe#@example.org\n"
       "Final-Recipient: rfc822; joe#@example.org\nAction: failed\n"
       "Status: 5.1.1\nRemote-MTA: dns; mx.example.org\n"
       "Diagnostic-Code: smtp; 550 5.1.1 <joe#@example.org>: Recipient\n"
       "    address rejected: User unknown in virtual mailbox table\n\n",
       kEnd},
      {"report: silent recipients", kReport,
       "Final-Recipient: rfc822; joe#@example.org\nAction: failed\n\n", kEnd},
      {"report: fields", kReport, "X-Field-#: value\n", kEnd},
      {"report: empty lines", kReport, "\n", kEnd},
      {"report: continued field", kDiagnostic, "    550 5.1.1 No user\n", kEnd},
      {"report: long field", kDiagnostic, "550 5.1.1 ", kEnd},
      {"report: comments", kDiagnostic, "(((((", kEnd},
      {"report: short reports", kMultipart,
       "Content-Type: message/delivery-status\n\n"
       "Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; j#@example.org\n"
       "Action: failed\n\n--b\n",
       kEnd},
      {"complaint: recipients", kComplaint,
       "Original-Rcpt-To: <joe#@example.org>\n", kEnd},
      {"returned: short lines", kReturned, "x\n", kEnd},
      {"returned: empty lines", kReturned, "\n", kEnd},
      {"returned: dashes", kReturned, "--\n", kEnd},
      {"returned: lines", kReturned,
       "Lorem ipsum dolor sit amet, consectetur adipisici elit, sed eiusmod\n",
       kEnd},
      {"header: fields", kHeader, "X-Field-#: value\n", kNone},
      {"header: Received", kHeader,
       "Received: from a.example (b.example [192.0.2.1]) by c.example with\n"
       "\tESMTP id A#; Sat, 21 Nov 2026 00:27:16 +0000\n",
       kNone},
      {"header: one long field", "Subject: ", "failure ", kNone},
      {"header: folded field", "Subject: failure\n", " notice\n", kNone},
      {"header: encoded words",
       "Subject: ", "=?iso-2022-jp?B?GyRCJUYbKEI=?=\n ", kNone},
      {"header: open words", "Subject: ", "=?utf-8?Q?", kNone},
      {"header: From addresses", "From: ", "joe#@example.org, ", kNone},
      {"header: From quotes", "From: ", "\"\\\"", kNone},
      {"header: From brackets", "From: ", "<", kNone},
      {"header: type parameters", "Content-Type: multipart/report", "; a#=b",
       kNone},
      {"mime: parts", kMultipart, "\nx\n--b\n", kEnd},
      {"mime: text parts", kMultipart,
       "Content-Type: text/plain\n\njoe#@example.org: User unknown\n--b\n",
       kEnd},
      {"mime: nested multiparts", kNone,
       "Content-Type: multipart/mixed; boundary=b#\n\n--b#\n", kNone},
      {"mime: nested messages", kNone, "Content-Type: message/rfc822\n\n",
       kNone},
      {"mime: base64 nest",
       "Content-Type: message/rfc822\n"
       "Content-Transfer-Encoding: base64\n\n",
       "Q29udGVudC1UeXBlOiBtZXNzYWdlL3JmYzgyMgoK\n", kNone},
      {"mime: no boundary", "Content-Type: multipart/mixed\n\n", "--\n", kNone},
      {"mime: bare CRs", "From: MAILER-DAEMON\rTo: a\r\r", "x\r", kNone},
      {"text: addresses", kText, "<joe#@example.org>\n", kNone},
      {"text: one line of addresses", kText, "<joe#@example.org> ", kNone},
      {"text: plain addresses", kText, "joe#@example.org ", kNone},
      {"text: at signs", kText, "@", kNone},
      {"text: a@", kText, "a@", kNone},
      {"text: dots", kText, "a.", kNone},
      {"text: angles", kText, "<", kNone},
      {"text: closing angles", kText, ">", kNone},
      {"text: quotes", kText, "\"", kNone},
      {"text: quote and at", kText, "\"@", kNone},
      {"text: parentheses", kText, "(", kNone},
      {"text: colons", kText, ":", kNone},
      {"text: codes", kText, "550 5.1.1 ", kNone},
      {"text: lines of codes", kText, "550 5.1.1 no\n", kNone},
      {"text: reply lines", kText, "550-5.1.1 no\n", kNone},
      {"text: digits", kText, "5", kNone},
      {"text: 5.", kText, "5.", kNone},
      {"text: addresses and replies", kText,
       "<joe#@example.org>:\n550 5.1.1 User unknown\n\n", kNone},
      {"text: transcript", kText,
       ">>> RCPT To:<joe#@example.org>\n<<< 550 5.1.1 User unknown\n", kNone},
      {"text: commands only", kText, ">>> RCPT To:<joe#@example.org>\n", kNone},
      {"text: replies only", kText, "<<< 550 5.1.1 User unknown\n", kNone},
      {"text: said", kText, "host a[192.0.2.1] said: ", kNone},
      {"text: failure phrases", kText, "could not be delivered: user unknown\n",
       kNone},
      {"text: fields", kText, "Subject: x\nTo: joe#@example.org\n", kNone},
      {"text: recipient fields", kText,
       "Final-Recipient: rfc822; j#@b.example\n", kNone},
      {"text: quoted lines", kText, "> > > x\n", kNone},
      {"text: indents", kText, "    x\n", kNone},
      {"text: blank line of blanks", kText, "          ", kNone},
      {"text: short lines", kText, "x\n", kNone},
      {"text: empty lines", kText, "\n", kNone},
      {"text: dashes", kText, "------\n", kNone},
      {"text: return markers", kText,
       "------ This is a copy of the message ------\n", kNone},
      {"text: one long word", kText, "x", kNone},
      {"text: 8-bit", kText, "\xE9", kNone},
      {"text: UTF-8", kText, "\xC3\xA9\xE3\x81\x82 ", kNone},
      {"text: JSON", kText, "{\"a#\":[\"joe@example.org\"", kNone},
      {"html: tags", kHtml, "<b>", kNone},
      {"html: open tags", kHtml, "<b ", kNone},
      {"html: comments", kHtml, "<!--", kNone},
      {"html: styles", kHtml, "<style>", kNone},
      {"html: entities", kHtml, "&lt;", kNone},
      {"html: open entities", kHtml, "&", kNone},
      {"html: quotes", kHtml, "<a b=\"", kNone},
      {"html: cells", kHtml, "<tr><td>joe#@example.org</td></tr>", kNone},
      {"html: blank text", kHtml, " \n<p>", kNone},
  };
  return shapes;
}

std::string MakeMail(const MailShape& shape, std::size_t size) {
  std::string mail(shape.head);
  mail.reserve(size + shape.unit.size() + 20);
  for (std::size_t number = 1; mail.size() + shape.tail.size() < size;
       ++number) {
    for (const char c : shape.unit) {
      if (c == '#') {
        mail += std::to_string(number);
      } else {
        mail += c;
      }
    }
  }
  mail += shape.tail;
  return mail;
}

}  // namespace postbounce
