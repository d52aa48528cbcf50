#ifndef POSTBOUNCE_DAEMON_PROTOCOL_POLICY_SESSION_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_POLICY_SESSION_H_

#include <string>
#include <string_view>

#include "daemon/protocol/lookup_session.h"

namespace postbounce {

// Postfix's SMTPD_POLICY_README: lines of "name=value" and an empty one in,
// "action=TEXT" and an empty line out. Asked is at RCPT alone; all else is
// "DUNNO", as is a recipient that nothing is said about. An error is
// "DEFER_IF_PERMIT 4.3.0 TEXT". Of attributes with the same name the first
// counts. A line without "=", values above 8192 bytes, and requests of nothing,
// above 200 attributes or 64 KiB end the connection, after which Postfix tries
// once more and then does what its configuration says.
class PolicySession : public LookupSession {
 public:
  using LookupSession::LookupSession;

 private:
  bool TakeRequest(std::string_view* input, Request* request) override;
  void AppendAnswer(const Result<std::string>& answer,
                    std::string* output) const override;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_POLICY_SESSION_H_
