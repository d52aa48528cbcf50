#include <array>

#include "classifier/code_table.h"

namespace postbounce {
namespace {

// What a reply says when neither its text nor an enhanced code says more. It
// never condemns an address: sites use 550 to 554 for anything, and 521 to
// hang up on clients that they do not like.
constexpr std::array<ReplyInfo, 40> kReplyCodes = {{
    {200, "Nonstandard success", "RFC 876", Reason::kDelivered, "Nothing."},
    {211, "System status, or system help reply", "RFC 5321", Reason::kDelivered,
     "Nothing."},
    {214, "Help message", "RFC 5321", Reason::kDelivered, "Nothing."},
    {220, "Service ready", "RFC 5321", Reason::kDelivered, "Nothing."},
    {221, "Service closing transmission channel", "RFC 5321",
     Reason::kDelivered, "Nothing."},
    {235, "Authentication succeeded", "RFC 4954", Reason::kDelivered,
     "Nothing."},
    {250, "Requested mail action okay, completed", "RFC 5321",
     Reason::kDelivered, "Nothing."},
    {251, "User not local; will forward", "RFC 5321", Reason::kDelivered,
     "Nothing; the server sends the mail on."},
    {252, "Cannot VRFY user, but will accept message and attempt delivery",
     "RFC 5321", Reason::kDelivered, "Nothing."},
    {334, "Authentication goes on", "RFC 4954", Reason::kProtocolError,
     "Record the SMTP session: this answers AUTH alone."},
    {354, "Start mail input", "RFC 5321", Reason::kProtocolError,
     "Record the SMTP session: this answers DATA alone."},
    {421, "Service not available, closing transmission channel", "RFC 5321",
     Reason::kSystemError,
     "Wait; read the text, since many sites use it for rate limits."},
    {432, "A password transition is needed", "RFC 4954",
     Reason::kAuthenticationFailed,
     "Log in once with the PLAIN mechanism over TLS."},
    {450, "Requested mail action not taken: mailbox unavailable", "RFC 5321",
     Reason::kUnknown, "Wait; the mailbox is busy, or the server greylists."},
    {451, "Requested action aborted: local error in processing", "RFC 5321",
     Reason::kSystemError,
     "Wait; read the text, since many sites use it for greylisting."},
    {452, "Requested action not taken: insufficient system storage", "RFC 5321",
     Reason::kSystemFull,
     "Wait; or there were too many recipients in one message."},
    {453, "You have no mail", "RFC 2645", Reason::kProtocolError,
     "Nothing; this answers ATRN alone."},
    {454, "Temporary authentication failure, or TLS not available",
     "RFC 4954, RFC 3207", Reason::kTlsFailed,
     "Wait; read the text to see which of both is meant."},
    {455, "Server unable to accommodate parameters", "RFC 5321",
     Reason::kProtocolError,
     "Look at which parameter of MAIL or RCPT is meant."},
    {500, "Syntax error, command unrecognized", "RFC 5321",
     Reason::kProtocolError,
     "Record the SMTP session; look for too long lines."},
    {501, "Syntax error in parameters or arguments", "RFC 5321",
     Reason::kProtocolError,
     "Check HELO name, sender and recipient for odd characters."},
    {502, "Command not implemented", "RFC 5321", Reason::kProtocolError,
     "Record the SMTP session."},
    {503, "Bad sequence of commands", "RFC 5321", Reason::kProtocolError,
     "Look for an earlier refusal, or for a login that was needed."},
    {504, "Command parameter not implemented", "RFC 5321",
     Reason::kProtocolError,
     "Check the HELO name; it must be fully qualified."},
    {521, "Server does not accept mail", "RFC 7504", Reason::kSystemError,
     "Check the domain's MX records; Postfix and others also use it to hang "
     "up."},
    {523, "Encryption needed", "RFC 5248", Reason::kTlsFailed,
     "Turn TLS on for this destination."},
    {524, "Authentication mechanism is too weak", "RFC 5248",
     Reason::kAuthenticationFailed, "Use a stronger SASL mechanism."},
    {525, "User account disabled", "RFC 5248", Reason::kAuthenticationFailed,
     "Ask the relay's operator why the login's account is disabled."},
    {530, "Authentication required", "RFC 4954", Reason::kRelayDenied,
     "Log in to the relayhost, over TLS."},
    {533, "Trust relationship required", "RFC 5248", Reason::kPolicyRejected,
     "Ask the operators of both servers to configure their trust."},
    {534, "Authentication mechanism is too weak", "RFC 4954",
     Reason::kAuthenticationFailed, "Use a stronger SASL mechanism."},
    {535, "Authentication credentials invalid", "RFC 4954",
     Reason::kAuthenticationFailed,
     "Check user name and password for the relayhost."},
    {538, "Encryption required for requested authentication mechanism",
     "RFC 4954", Reason::kTlsFailed, "Turn TLS on before logging in."},
    {550, "Requested action not taken: mailbox unavailable", "RFC 5321",
     Reason::kUnknown, "Read the text: no such mailbox, no access, or policy."},
    {551, "User not local; please try another path", "RFC 5321",
     Reason::kUnknown, "Read the text: the server may name another address."},
    {552, "Requested mail action aborted: exceeded storage allocation",
     "RFC 5321", Reason::kMailboxFull,
     "Read the text: the mailbox is full, or the message too large."},
    {553, "Requested action not taken: mailbox name not allowed", "RFC 5321",
     Reason::kUnknown, "Read the text: syntax of the address, or policy."},
    {554, "Transaction failed", "RFC 5321", Reason::kUnknown,
     "Read the text; the code says nothing."},
    {555, "MAIL FROM/RCPT TO parameters not recognized or not implemented",
     "RFC 5321", Reason::kProtocolError,
     "Look at which parameter of MAIL or RCPT is meant."},
    {556, "Domain does not accept mail", "RFC 7504",
     Reason::kDomainAcceptsNoMail,
     "Look up the MX record; \"0 .\" means that the domain takes no mail."},
}};

}  // namespace

std::span<const ReplyInfo> AllReplyCodes() { return kReplyCodes; }

const ReplyInfo* FindReply(ReplyCode code) {
  for (const ReplyInfo& info : kReplyCodes) {
    if (info.code == code.value()) return &info;
  }
  return nullptr;
}

}  // namespace postbounce
