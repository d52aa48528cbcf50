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
  // The sender and the Subject are a bounce's. Without both, people may have
  // written the text, and only a list of recipients or a session makes it a
  // bounce.
  bool is_sure() const { return from_system_ && (certain_ || no_subject_); }
  // The mail will be tried again.
  bool is_delay() const { return delayed_ && !permanent_; }

 private:
  bool from_system_ = false;
  bool certain_ = false;  // by the Subject, mostly
  bool no_subject_ = false;
  bool may_be_bounce_ = false;
  bool failed_ = false;
  bool delayed_ = false;
  bool permanent_ = false;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_BOUNCE_SIGNS_H_
