#ifndef POSTBOUNCE_MIME_BOUNCE_SIGNS_H_
#define POSTBOUNCE_MIME_BOUNCE_SIGNS_H_

#include "mime/bounce_text.h"
#include "mime/header.h"

namespace postbounce {

// True for mail whose From is a mail system: MAILER-DAEMON, postmaster and the
// other names that they give themselves; or that names failed recipients.
bool IsFromMailSystem(const Header& header);

// The signs by which a bounce that has no report is told from other mail: a
// sender or a Subject that only bounces have, and words about a failure.
class BounceSigns {
 public:
  explicit BounceSigns(const Header& header);

  // False when the text need not be looked at.
  bool may_be_bounce() const { return may_be_bounce_; }
  bool from_system() const { return from_system_; }

  void Read(const BounceText& text);

  bool is_bounce() const { return may_be_bounce_ && (failed_ || delayed_); }
  // The mail will be tried again.
  bool is_delay() const { return delayed_ && !permanent_; }

 private:
  bool from_system_ = false;
  bool certain_ = false;
  bool may_be_bounce_ = false;
  bool failed_ = false;
  bool delayed_ = false;
  bool permanent_ = false;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_BOUNCE_SIGNS_H_
