#ifndef POSTBOUNCE_MIME_MAIL_SIGNS_H_
#define POSTBOUNCE_MIME_MAIL_SIGNS_H_

#include "mime/header.h"

namespace postbounce {

// True for a reply that a program wrote, RFC 3834 section 5 and what came
// before it. A bounce is none, though many mark theirs as automatic too.
bool IsAutoReply(const Header& header);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_MAIL_SIGNS_H_
