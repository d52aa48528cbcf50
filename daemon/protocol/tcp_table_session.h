#ifndef POSTBOUNCE_DAEMON_PROTOCOL_TCP_TABLE_SESSION_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_TCP_TABLE_SESSION_H_

#include <deque>
#include <string>
#include <string_view>

#include "daemon/protocol/lookup_session.h"

namespace postbounce {

// tcp_table(5): "get KEY" in, "200 TEXT", "500 not suppressed" or "400 TEXT"
// out, a line each. What is not printable ASCII, "%" and the space are "%XX"
// in both. Postfix logs the text of a 400 and tries again, so a line that is
// malformed gets one, which is kinder than a hang-up; a line of more than
// 10 000 bytes ends the connection.
class TcpTableSession : public LookupSession {
 public:
  using LookupSession::LookupSession;

 private:
  bool TakeRequest(std::string_view* input, Request* request) override;
  void AppendAnswer(const Result<std::string>& answer,
                    std::string* output) const override;
  void Forget() override { decoded_.clear(); }

  std::deque<std::string> decoded_;  // keys
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_TCP_TABLE_SESSION_H_
