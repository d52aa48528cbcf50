#include "classifier/stock_replies.h"

namespace postbounce {
namespace {

constexpr std::string_view kReplies[] = {
    "421 4.3.0 Server local data error",
    "421 4.3.0 Server local error",
    "421 4.3.2 All screening ports are busy",
    "421 4.3.2 All server ports are busy",
    "421 4.3.2 No system resources",
    "421 4.3.5 Server configuration error",
    "421 4.4.2 Error: timeout exceeded",
    "421 4.7.0 Error: too many connections from HOST",
    "421 4.7.0 Error: too many errors",
    "421 4.7.0 Error: too many new TLS sessions from HOST",
    "421 4.7.0 Error: too many connections",
    "421 4.7.0 Server closing connection",
    "444 4.3.2 <HOST>: Helo command rejected: Try again later",
    "450 4.1.1 <ADDRESS>: Recipient address rejected: unverified address: "
    "DETAIL",
    "450 4.1.2 <ADDRESS>: Recipient address rejected: Domain not found",
    "450 4.1.8 <ADDRESS>: Sender address rejected: Domain not found",
    "450 4.2.0 <ADDRESS>: Recipient address rejected: Greylisted",
    "450 4.3.0 Error: command failed",
    "450 4.7.1 <HOST>: Helo command rejected: Host not found",
    "450 4.7.1 Client host rejected: cannot find your hostname, [ADDRESS]",
    "450 4.7.1 Error: too many AUTH commands from HOST",
    "450 4.7.1 Error: too many recipients from HOST",
    "450 4.7.1 Error: too much mail from HOST",
    "451 4.3.0 <ADDRESS>: Temporary lookup failure",
    "451 4.3.0 Queue file write error",
    "451 4.3.0 Temporary lookup error",
    "451 4.3.5 <>: Sender address rejected: Server configuration error",
    "451 4.3.5 <HOST>: Client host rejected: Server configuration error",
    "451 4.3.5 <HOST>: Helo command rejected: Server configuration error",
    "451 4.3.5 <ADDRESS>: Recipient address rejected: Server configuration "
    "error",
    "451 4.3.5 <ADDRESS>: Sender address rejected: Server configuration error",
    "451 4.3.5 Server configuration error",
    "451 4.3.5 Server configuration problem",
    "451 4.7.1 Service unavailable - try again later",
    "452 4.3.1 Insufficient system storage",
    "452 4.5.3 Error: too many recipients",
    "454 4.3.0 Try again later",
    "454 4.7.0 Error: too many new TLS sessions from HOST",
    "454 4.7.0 Temporary authentication failure: DETAIL",
    "454 4.7.0 TLS not available due to local problem",
    "500 5.3.0 Error: command failed",
    "500 5.5.2 Error: bad syntax",
    "500 5.5.2 Error: bad UTF-8 syntax",
    "500 5.5.6 SASL response limit exceeded",
    "501 5.1.3 Bad recipient address syntax",
    "501 5.1.7 Bad sender address syntax",
    "501 5.5.2 <HOST>: Helo command rejected: invalid ip address",
    "501 5.5.4 Bad COMMAND attribute name: DETAIL",
    "501 5.5.4 Bad ENVID parameter syntax",
    "501 5.5.4 Bad message size syntax",
    "501 5.5.4 Bad RET parameter syntax",
    "501 5.5.4 Error: attribute value too long",
    "501 5.5.4 Error: attribute=value expected",
    "501 5.5.4 Error: Bad NOTIFY parameter syntax",
    "501 5.5.4 Error: Bad ORCPT parameter syntax",
    "501 5.5.4 Syntax: AUTH mechanism",
    "501 5.5.4 Syntax: BDAT count [LAST]",
    "501 5.5.4 Syntax: DATA",
    "501 5.5.4 Syntax: MAIL FROM:<address>",
    "501 5.5.4 Syntax: NOOP",
    "501 5.5.4 Syntax: RCPT TO:<address>",
    "501 5.5.4 Syntax: RSET",
    "501 5.5.4 Syntax: STARTTLS",
    "501 5.5.4 Syntax: VRFY address",
    "501 5.7.0 Authentication aborted",
    "501 5.7.1 DSN support is disabled",
    "502 5.5.1 Error: command not implemented",
    "502 5.5.1 VRFY command is disabled",
    "502 5.5.2 Error: command not recognized",
    "503 5.5.1 Error: already authenticated",
    "503 5.5.1 Error: authentication not enabled",
    "503 5.5.1 Error: DATA after BDAT",
    "503 5.5.1 Error: MAIL after BDAT",
    "503 5.5.1 Error: MAIL transaction in progress",
    "503 5.5.1 Error: need MAIL command",
    "503 5.5.1 Error: need RCPT command",
    "503 5.5.1 Error: nested MAIL command",
    "503 5.5.1 Error: RCPT after BDAT",
    "503 5.5.1 Error: send HELO/EHLO first",
    "503 5.5.4 Error: multiple AUTH= options",
    "503 5.5.4 Error: send AUTH command first",
    "503 5.7.0 Error: access denied for HOST",
    "504 5.5.2 <ADDRESS>: Recipient address rejected: need fully-qualified "
    "address",
    "504 5.5.2 <ADDRESS>: Sender address rejected: need fully-qualified "
    "address",
    "504 5.5.2 <HOST>: Helo command rejected: need fully-qualified hostname",
    "504 5.5.4 Encryption required for requested authentication mechanism",
    "521 5.3.2 Service currently unavailable",
    "521 5.5.1 Error: command not implemented",
    "521 5.5.1 Protocol error",
    "521 5.5.4 Syntax: BDAT count [LAST]",
    "521 5.7.0 Error: I can break rules, too. Goodbye.",
    "530 5.7.0 Must issue a STARTTLS command first",
    "535 5.7.8 Error: authentication failed: DETAIL",
    "550 5.1.0 <ADDRESS>: Sender address rejected: User unknown in local "
    "recipient table",
    "550 5.1.1 <ADDRESS>: Recipient address rejected: User unknown in local "
    "recipient table",
    "550 5.1.1 <ADDRESS>: Recipient address rejected: User unknown in virtual "
    "mailbox table",
    "550 5.1.1 <ADDRESS>: Recipient address rejected: User unknown in virtual "
    "alias table",
    "550 5.1.1 <ADDRESS>: Recipient address rejected: User unknown in relay "
    "recipient table",
    "550 5.1.1 <ADDRESS>: Recipient address rejected: undeliverable address: "
    "DETAIL",
    "550 5.3.2 Service currently unavailable",
    "550 5.5.0 Service unavailable",
    "550 5.5.1 Protocol error",
    "550 5.7.0 Error: insufficient authorization",
    "550 5.7.1 Client host rejected: cannot find your hostname, [ADDRESS]",
    "550 5.7.27 <ADDRESS>: Sender address rejected: Domain NAME does not "
    "accept mail",
    "551 5.7.1 Null BDAT request",
    "552 5.3.4 Chunk exceeds message size limit",
    "552 5.3.4 Message file too big",
    "552 5.3.4 Message size exceeds file system imposed limit",
    "553 5.6.7 Must declare SMTPUTF8 to send unicode address",
    "554 5.1.2 <ADDRESS>: Recipient address rejected: Domain not found",
    "554 5.1.8 <ADDRESS>: Sender address rejected: Domain not found",
    "554 5.4.6 Too many hops",
    "554 5.5.1 Error: need RCPT command",
    "554 5.5.1 Error: no valid recipients",
    "554 5.5.1 Error: TLS already active",
    "554 5.7.1 <ADDRESS>: Recipient address rejected: Access denied",
    "554 5.7.1 <ADDRESS>: Sender address rejected: Access denied",
    "554 5.7.1 <HOST>: Client host rejected: Access denied",
    "554 5.7.1 <HOST>: Helo command rejected: Access denied",
    "554 5.7.1 <ADDRESS>: Recipient address rejected: Relay access denied",
    "554 5.7.1 <ADDRESS>: Relay access denied",
    "554 5.7.1 Service unavailable; Client host [ADDRESS] blocked using LIST",
    "556 5.1.10 <ADDRESS>: Recipient address rejected: Domain NAME does not "
    "accept mail",
};

}  // namespace

std::span<const std::string_view> AllStockReplies() { return kReplies; }

std::vector<std::string_view> FindStockReplies(std::string_view code) {
  std::vector<std::string_view> found;
  for (const std::string_view reply : kReplies) {
    const std::string_view status = reply.substr(4, reply.find(' ', 4) - 4);
    if (reply.substr(0, 3) == code || status == code) found.push_back(reply);
  }
  return found;
}

}  // namespace postbounce
