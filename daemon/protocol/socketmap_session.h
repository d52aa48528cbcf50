#ifndef POSTBOUNCE_DAEMON_PROTOCOL_SOCKETMAP_SESSION_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_SOCKETMAP_SESSION_H_

#include <string>
#include <string_view>

#include "daemon/protocol/lookup_session.h"

namespace postbounce {

// socketmap_table(5): netstrings, "MAP KEY" in, "OK TEXT", "NOTFOUND " or
// "TEMP TEXT" out. The maps are "suppressed", "transport", and each with
// "/SCOPE" behind it; of others, "PERM TEXT". A request of more than 10 000
// bytes, or one that is no netstring, ends the connection: where the next one
// begins cannot be known.
class SocketmapSession : public LookupSession {
 public:
  using LookupSession::LookupSession;

 private:
  bool TakeRequest(std::string_view* input, Request* request) override;
  void AppendAnswer(const Result<std::string>& answer,
                    std::string* output) const override;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_SOCKETMAP_SESSION_H_
