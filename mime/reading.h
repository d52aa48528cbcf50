#ifndef POSTBOUNCE_MIME_READING_H_
#define POSTBOUNCE_MIME_READING_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/delivery_report.h"
#include "mime/feedback_report.h"
#include "mime/message.h"
#include "mime/original.h"
#include "mime/text/digest.h"
#include "mime/text/mail_kind.h"

namespace postbounce {

struct ReadOptions {
  std::vector<std::string> original_fields;  // X-headers wanted of Original
};

// A stretch of a mail's bytes.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Everything that is read of one mail.
struct Reading {
  MailKind kind = MailKind::kOther;
  DeliveryReport report;     // kDeliveryReport; several reports are joined
  FeedbackReport complaint;  // kComplaint
  std::optional<Original> original;  // the returned message, if there is one
  // Where the body of the returned message lies, behind its header; empty where
  // there is none, or where it cannot be cut out (an original inside base64).
  ByteRange returned_body;
  // The text of a bounce that may have the returned message pasted into it.
  ByteRange text_around_returned;
  Header header;           // of the mail itself, also where it forwards another
  bool truncated = false;  // a limit was reached: not all was read
};

// Reads any bytes whatever. What is quoted inside the returned original never
// decides: only parts outside it are looked at. A mail that is nothing itself
// and holds another as an attachment is read as that one, but for `header`. A
// notification of Amazon SES may come without a mail around it. Linear in time.
Reading ReadMail(std::string_view bytes, const ReadOptions& options);

// The identity of a mail, however it came here: SHA-256 over its bytes with LF
// line ends and without the trace fields at its top (an mbox "From " line,
// Return-Path, Received, Delivered-To, X-Original-To, Envelope-To, and our
// milter's X-Postbounce), which each way of delivery writes anew.
Digest MailDigest(std::string_view bytes);

// The mail that `reading` was read from, without the body of the returned
// message, whether that is attached or pasted into the text.
std::string WithoutReturnedBody(std::string_view bytes, const Reading& reading);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_READING_H_
