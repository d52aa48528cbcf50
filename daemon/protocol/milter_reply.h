#ifndef POSTBOUNCE_DAEMON_PROTOCOL_MILTER_REPLY_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_MILTER_REPLY_H_

#include <optional>
#include <string>
#include <string_view>

namespace postbounce {

// What a client of SMTP is told in place of a 2xx.
struct MilterReply {
  std::string code;    // "550"; of 4xx and 5xx alone
  std::string status;  // "5.7.1"; of the same class
  std::string text;

  bool is_permanent() const { return code.starts_with('5'); }
  bool operator==(const MilterReply&) const = default;
};

// What a result of access(5), as a gate answers, is for a milter. REJECT, DEFER
// and DEFER_IF_PERMIT get the codes that Postfix gives them. Nothing: mail goes
// on, since a milter cannot hold a mail or warn of it for one recipient, and
// would discard it for all.
std::optional<MilterReply> ReplyOf(std::string_view access_result);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_MILTER_REPLY_H_
