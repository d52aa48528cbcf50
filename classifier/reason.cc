#include "classifier/reason.h"

#include <array>
#include <cstddef>

namespace postbounce {
namespace {

constexpr ReasonClass kNone = ReasonClass::kNone;
constexpr ReasonClass kSoft = ReasonClass::kSoft;
constexpr ReasonClass kBlock = ReasonClass::kBlock;
constexpr ReasonClass kHard = ReasonClass::kHard;

// In the order of the enumeration, so that InfoOf() is an index.
constexpr std::array<ReasonInfo, 36> kReasons = {{
    {Reason::kUnknown, "unknown", kSoft, Fault::kUnknown,
     "Nothing that was said tells why the mail was not delivered.",
     "Read the diagnostic, and add a rule if it is understandable."},
    {Reason::kNoSuchUser, "no-such-user", kHard, Fault::kRecipient,
     "The recipient's domain has no such mailbox.",
     "Stop mailing the address, and ask its owner for another one."},
    {Reason::kMailboxDisabled, "mailbox-disabled", kHard, Fault::kRecipient,
     "The mailbox exists no longer or is switched off.",
     "Stop mailing the address; let its owner subscribe again."},
    {Reason::kMailboxMoved, "mailbox-moved", kHard, Fault::kRecipient,
     "The mailbox has moved and its old address is dead.",
     "Stop mailing the old address; write to the new one only if its owner "
     "asks for it."},
    {Reason::kBadAddressSyntax, "bad-address-syntax", kHard, Fault::kRecipient,
     "The address is not a valid one for its domain.",
     "Correct the address, and check it where it is entered."},
    {Reason::kNoSuchDomain, "no-such-domain", kHard, Fault::kDomain,
     "The recipient's domain does not exist.",
     "Look for a typing error in the domain, and stop mailing it if there is "
     "none."},
    {Reason::kDomainAcceptsNoMail, "domain-accepts-no-mail", kHard,
     Fault::kDomain,
     "The recipient's domain states that it accepts no mail (null MX).",
     "Stop mailing addresses of this domain."},
    {Reason::kMailboxFull, "mailbox-full", kSoft, Fault::kRecipient,
     "The mailbox has no room left.",
     "Wait; if it stays full for weeks, nobody reads it any more."},
    {Reason::kRecipientRefused, "recipient-refused", kSoft, Fault::kRecipient,
     "The recipient, or the group behind the address, does not accept mail "
     "from this sender.",
     "Respect it: stop this sender's mail to the address."},
    {Reason::kSystemError, "system-error", kSoft, Fault::kDomain,
     "The recipient's mail system is broken or misconfigured.",
     "Wait; if it lasts, tell the domain's postmaster by another way."},
    {Reason::kSystemFull, "system-full", kSoft, Fault::kDomain,
     "The recipient's mail system has no storage left.",
     "Wait until its postmaster has made room."},
    {Reason::kExpired, "expired", kSoft, Fault::kDomain,
     "The queue gave the mail up, and nobody had said why it failed.",
     "Look at the log of the attempts, and at the domain's MX records."},
    {Reason::kRelayDenied, "relay-denied", kSoft, Fault::kDomain,
     "A server said that it does not take mail for the recipient's domain.",
     "If the server is the domain's MX, its configuration is wrong; if it is "
     "your relayhost, log in to it or ask its operator."},
    {Reason::kSmtputf8Unsupported, "smtputf8-unsupported", kBlock,
     Fault::kMessage,
     "The message needs SMTPUTF8, which the recipient's server lacks.",
     "Send to and from ASCII addresses, and encode the header."},
    {Reason::kRoutingError, "routing-error", kSoft, Fault::kNetwork,
     "The mail found no way to the recipient's server, or went in a loop.",
     "Check transport maps, relayhost and the domain's MX records."},
    {Reason::kNetworkError, "network-error", kSoft, Fault::kNetwork,
     "The connection to the recipient's server, or to its name server, "
     "failed.",
     "Check the network, the resolver and the firewall; others may be able "
     "to reach the server."},
    {Reason::kTlsFailed, "tls-failed", kSoft, Fault::kNetwork,
     "No encrypted connection of the wanted quality could be made.",
     "Compare the TLS policy of both sides, and the server's certificate."},
    {Reason::kGreylisted, "greylisted", kSoft, Fault::kSender,
     "The server asked for a later retry, as greylisting does.",
     "Nothing: the queue tries again; keep the same sending address and "
     "client."},
    {Reason::kRateLimited, "rate-limited", kSoft, Fault::kSender,
     "Too much mail came in too short a time, or on too many connections.",
     "Send slower to this destination and lower its concurrency limit."},
    {Reason::kProtocolError, "protocol-error", kSoft, Fault::kUnknown,
     "One side did not understand the other's SMTP.",
     "Record a session, and look for a proxy or firewall that rewrites "
     "SMTP."},
    {Reason::kSenderRejected, "sender-rejected", kBlock, Fault::kSender,
     "The server does not accept the envelope or header sender.",
     "Check that the sender's address and domain exist and can be answered."},
    {Reason::kIpBlocked, "ip-blocked", kBlock, Fault::kSender,
     "The sending client's address is on a block list or of bad "
     "reputation.",
     "Find out why the address is listed, mend it, then ask for removal."},
    {Reason::kAuthenticationFailed, "authentication-failed", kBlock,
     Fault::kSender, "SPF, DKIM, DMARC, reverse DNS or the login did not hold.",
     "Check the sending domain's DNS records and the signing of its mail."},
    {Reason::kPolicyRejected, "policy-rejected", kBlock, Fault::kSender,
     "A policy of the recipient's site refused the mail.",
     "Read the diagnostic and ask the site's postmaster."},
    {Reason::kSpamRejected, "spam-rejected", kBlock, Fault::kMessage,
     "The message was taken for spam.",
     "Look at its content, its links and at who asked for it."},
    {Reason::kVirusDetected, "virus-detected", kBlock, Fault::kMessage,
     "The message was taken for malware.",
     "Scan the message and the machine that it came from."},
    {Reason::kContentRejected, "content-rejected", kBlock, Fault::kMessage,
     "Something in the message, such as an attachment, is not allowed.",
     "Send it without the attachment or the words that are not allowed."},
    {Reason::kMessageTooLarge, "message-too-large", kBlock, Fault::kMessage,
     "The message is larger than the recipient's server or mailbox takes.",
     "Send a smaller message or a link."},
    {Reason::kMessageMalformed, "message-malformed", kBlock, Fault::kMessage,
     "The message does not follow the standards.",
     "Mend the program that wrote it: header fields, line lengths, MIME."},
    {Reason::kDelivered, "delivered", kNone, Fault::kNobody,
     "The mail was delivered.", "Nothing."},
    {Reason::kDelayed, "delayed", kNone, Fault::kNobody,
     "The mail is late, and nobody has said why; the queue tries on.",
     "Nothing yet."},
    {Reason::kRelayed, "relayed", kNone, Fault::kNobody,
     "The mail was handed to a system that does not report delivery.",
     "Nothing."},
    {Reason::kExpanded, "expanded", kNone, Fault::kNobody,
     "The mail was delivered to an alias and sent on to its members.",
     "Nothing."},
    {Reason::kComplaint, "complaint", kNone, Fault::kNobody,
     "The recipient reported the mail as unwanted.",
     "Stop mailing the address."},
    {Reason::kAutoReply, "auto-reply", kNone, Fault::kNobody,
     "A program answered, for example that its owner is away.", "Nothing."},
    {Reason::kAlreadySuppressed, "already-suppressed", kNone, Fault::kNobody,
     "A suppression list, ours or a mail service's, stopped the mail.",
     "Look the address up in that list if it ought to get mail."},
}};

constexpr bool IsIndexedByReason() {
  for (std::size_t i = 0; i < kReasons.size(); ++i) {
    if (static_cast<std::size_t>(kReasons[i].reason) != i) return false;
  }
  return true;
}
static_assert(IsIndexedByReason());

}  // namespace

std::span<const ReasonInfo> AllReasons() { return kReasons; }

const ReasonInfo& InfoOf(Reason reason) {
  return kReasons[static_cast<std::size_t>(reason)];
}

std::optional<Reason> ParseReason(std::string_view name) {
  for (const ReasonInfo& info : kReasons) {
    if (info.name == name) return info.reason;
  }
  return std::nullopt;
}

std::string_view ReasonName(Reason reason) { return InfoOf(reason).name; }

std::string_view ClassName(ReasonClass reason_class) {
  switch (reason_class) {
    case ReasonClass::kNone:
      return "none";
    case ReasonClass::kSoft:
      return "soft";
    case ReasonClass::kBlock:
      return "block";
    case ReasonClass::kHard:
      return "hard";
  }
  return "";
}

std::string_view FaultName(Fault fault) {
  switch (fault) {
    case Fault::kUnknown:
      return "unknown";
    case Fault::kRecipient:
      return "recipient";
    case Fault::kDomain:
      return "domain";
    case Fault::kNetwork:
      return "network";
    case Fault::kSender:
      return "sender";
    case Fault::kMessage:
      return "message";
    case Fault::kNobody:
      return "nobody";
  }
  return "";
}

}  // namespace postbounce
