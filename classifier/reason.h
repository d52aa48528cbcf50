#ifndef POSTBOUNCE_CLASSIFIER_REASON_H_
#define POSTBOUNCE_CLASSIFIER_REASON_H_

#include <optional>
#include <span>
#include <string_view>

namespace postbounce {

// Why a mail was not delivered: the closed list. The names are public
// interface; the values are stored. Neither is ever changed or used again.
enum class Reason {
  kUnknown = 0,
  kNoSuchUser = 1,
  kMailboxDisabled = 2,
  kMailboxMoved = 3,
  kBadAddressSyntax = 4,
  kNoSuchDomain = 5,
  kDomainAcceptsNoMail = 6,
  kMailboxFull = 7,
  kRecipientRefused = 8,
  kSystemError = 9,
  kSystemFull = 10,
  kExpired = 11,
  kRelayDenied = 12,
  kSmtputf8Unsupported = 13,
  kRoutingError = 14,
  kNetworkError = 15,
  kTlsFailed = 16,
  kGreylisted = 17,
  kRateLimited = 18,
  kProtocolError = 19,
  kSenderRejected = 20,
  kIpBlocked = 21,
  kAuthenticationFailed = 22,
  kPolicyRejected = 23,
  kSpamRejected = 24,
  kVirusDetected = 25,
  kContentRejected = 26,
  kMessageTooLarge = 27,
  kMessageMalformed = 28,
  kDelivered = 29,
  kDelayed = 30,
  kRelayed = 31,
  kExpanded = 32,
  kComplaint = 33,
  kAutoReply = 34,
  kAlreadySuppressed = 35,
};

// How bad it is for the address. Only `hard` says that it is dead.
enum class ReasonClass { kNone = 0, kSoft = 1, kBlock = 2, kHard = 3 };

// Who must act.
enum class Fault {
  kUnknown = 0,
  kRecipient = 1,
  kDomain = 2,
  kNetwork = 3,
  kSender = 4,
  kMessage = 5,
  kNobody = 6,  // delivered, delayed and the like: nothing failed
};

struct ReasonInfo {
  Reason reason;
  std::string_view name;  // "no-such-user"
  ReasonClass reason_class;
  Fault fault;
  std::string_view meaning;  // one sentence for people
  std::string_view advice;   // what to do, one sentence
};

// Every reason, in the order of the list in postbounce-reasons(7).
std::span<const ReasonInfo> AllReasons();
const ReasonInfo& InfoOf(Reason reason);
std::optional<Reason> ParseReason(std::string_view name);

std::string_view ReasonName(Reason reason);
std::string_view ClassName(ReasonClass reason_class);  // "hard"
std::string_view FaultName(Fault fault);               // "recipient"

}  // namespace postbounce

#endif  // POSTBOUNCE_CLASSIFIER_REASON_H_
