#ifndef POSTBOUNCE_DAEMON_PROTOCOL_LMTP_COMMAND_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_LMTP_COMMAND_H_

#include <cstdint>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

enum class LmtpVerb {
  kLhlo,
  kHelo,  // HELO or EHLO, which RFC 2033 section 4.1 forbids
  kMail,
  kRcpt,
  kData,
  kRset,
  kNoop,
  kVrfy,
  kQuit,
  kHttp,  // a browser was sent here
  kUnknown,
};

// A command line; `argument` is without blanks around it.
struct LmtpCommand {
  LmtpVerb verb = LmtpVerb::kUnknown;
  std::string_view argument;
};

// Reads a line without its line end.
LmtpCommand ParseLmtpCommand(std::string_view line);

// What MAIL and RCPT say.
struct LmtpPath {
  std::string_view address;  // as written, without "<>"; <> is empty
  std::uint64_t size = 0;    // SIZE=, RFC 1870; 0 without it
};

// Reads the argument of MAIL or RCPT. Lenient, since a bounce that is refused
// is a bounce destroyed: the angle brackets may be missing, the mailbox need
// not be one, UTF-8 needs no SMTPUTF8, and the values of the parameters that
// Postbounce has no use for are not looked at. The error's text is the reply
// to give.
Result<LmtpPath> ParseMail(std::string_view argument);
Result<LmtpPath> ParseRcpt(std::string_view argument);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_LMTP_COMMAND_H_
