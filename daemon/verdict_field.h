#ifndef POSTBOUNCE_DAEMON_VERDICT_FIELD_H_
#define POSTBOUNCE_DAEMON_VERDICT_FIELD_H_

#include <string>

#include "store/witness.h"

namespace postbounce {

// What a mail's own header field says was read of it, in printable ASCII and
// less than 998 octets: "failed; no-such-user; joe@example.org, ann@example.org
// and 3 more". The reason is that of the first recipient who has one.
std::string VerdictFieldOf(const Mail& mail);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_VERDICT_FIELD_H_
