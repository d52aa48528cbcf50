#ifndef POSTBOUNCE_DAEMON_INTAKE_H_
#define POSTBOUNCE_DAEMON_INTAKE_H_

#include <string_view>

#include "daemon/protocol/envelope.h"
#include "daemon/runtime.h"
#include "daemon/site.h"
#include "mime/text/timestamp.h"
#include "store/witness.h"

namespace postbounce {

// The header field of mail that was sent on: such mail is not sent on again.
inline constexpr std::string_view kForwardedField = "X-Postbounce-Forwarded";

// Everything that is to be stored of one mail that came in. Pure, total, and
// the costly part of intake: runs on any thread. `size` is that of the whole
// mail, of which `bytes` may be the beginning.
Mail UnderstandMail(const Envelope& envelope, Route route,
                    std::string_view bytes, std::size_t size,
                    const Runtime& runtime, const Site& site, Timestamp now);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_INTAKE_H_
