#include "classifier/taxonomy.h"

#include <cstddef>

namespace postbounce {
namespace {

struct Row {
  Reason reason;
  std::array<std::string_view, kTaxonomyNames.size()> names;
};

// In the order of the enumeration, so that NameIn() is an index.
constexpr std::array<Row, 36> kRows = {{
    {Reason::kUnknown,
     {"undefined", "other", "Uncategorized", "Unclassified",
      "Undetermined/Undetermined"}},
    {Reason::kNoSuchUser,
     {"userunknown", "bad-mailbox", "InvalidRecipient", "Invalid Address",
      "Permanent/NoEmail"}},
    {Reason::kMailboxDisabled,
     {"suspend", "inactive-mailbox", "InactiveMailbox", "Invalid Address",
      "Permanent/General"}},
    {Reason::kMailboxMoved,
     {"hasmoved", "bad-mailbox", "InvalidRecipient", "Invalid Address",
      "Permanent/General"}},
    {Reason::kBadAddressSyntax,
     {"userunknown", "bad-mailbox", "InvalidRecipient", "Invalid Address",
      "Permanent/General"}},
    {Reason::kNoSuchDomain,
     {"hostunknown", "bad-domain", "BadDomain", "Invalid Address",
      "Permanent/General"}},
    {Reason::kDomainAcceptsNoMail,
     {"notaccept", "bad-domain", "BadDomain", "Invalid Address",
      "Permanent/General"}},
    {Reason::kMailboxFull,
     {"mailboxfull", "quota-issues", "QuotaIssues", "Mailbox Unavailable",
      "Transient/MailboxFull"}},
    {Reason::kRecipientRefused,
     {"filtered", "policy-related", "PolicyRelated", "Mailbox Unavailable",
      "Transient/General"}},
    {Reason::kSystemError,
     {"systemerror", "bad-configuration", "BadConfiguration", "Technical",
      "Transient/General"}},
    {Reason::kSystemFull,
     {"systemfull", "quota-issues", "QuotaIssues", "Technical",
      "Transient/General"}},
    {Reason::kExpired,
     {"expired", "message-expired", "MessageExpired", "Technical",
      "Transient/General"}},
    {Reason::kRelayDenied,
     {"norelaying", "relaying-issues", "RelayDenied", "Technical",
      "Transient/General"}},
    {Reason::kSmtputf8Unsupported,
     {"undefined", "protocol-errors", "ProtocolErrors", "Technical",
      "Transient/General"}},
    {Reason::kRoutingError,
     {"networkerror", "routing-errors", "RoutingErrors", "Technical",
      "Transient/General"}},
    {Reason::kNetworkError,
     {"networkerror", "bad-connection", "BadConnection", "Technical",
      "Transient/General"}},
    {Reason::kTlsFailed,
     {"failedstarttls", "protocol-errors", "ProtocolErrors", "Technical",
      "Transient/General"}},
    {Reason::kGreylisted,
     {"onhold", "other", "TransientFailure", "Technical", "Transient/General"}},
    {Reason::kRateLimited,
     {"ratelimited", "policy-related", "PolicyRelated", "Frequency/Volume",
      "Transient/General"}},
    {Reason::kProtocolError,
     {"syntaxerror", "protocol-errors", "ProtocolErrors", "Technical",
      "Transient/General"}},
    {Reason::kSenderRejected,
     {"rejected", "invalid-sender", "InvalidSender", "Reputation",
      "Transient/General"}},
    {Reason::kIpBlocked,
     {"blocked", "spam-related", "SpamBlock", "Reputation",
      "Transient/General"}},
    {Reason::kAuthenticationFailed,
     {"authfailure", "policy-related", "AuthenticationFailed", "Reputation",
      "Transient/General"}},
    {Reason::kPolicyRejected,
     {"policyviolation", "policy-related", "PolicyRelated", "Reputation",
      "Transient/General"}},
    {Reason::kSpamRejected,
     {"spamdetected", "spam-related", "SpamContent", "Content",
      "Transient/ContentRejected"}},
    {Reason::kVirusDetected,
     {"virusdetected", "virus-related", "VirusRelated", "Content",
      "Transient/ContentRejected"}},
    {Reason::kContentRejected,
     {"contenterror", "content-related", "ContentRelated", "Content",
      "Transient/ContentRejected"}},
    {Reason::kMessageTooLarge,
     {"emailtoolarge", "content-related", "ContentRelated", "Content",
      "Transient/MessageTooLarge"}},
    {Reason::kMessageMalformed,
     {"notcompliantrfc", "content-related", "ContentRelated", "Content",
      "Transient/ContentRejected"}},
    {Reason::kDelivered,
     {"delivered", "success", "Uncategorized", "Unclassified", "Delivery"}},
    {Reason::kDelayed,
     {"undefined", "other", "TransientFailure", "Unclassified",
      "DeliveryDelay/General"}},
    {Reason::kRelayed,
     {"delivered", "success", "Uncategorized", "Unclassified", "Delivery"}},
    {Reason::kExpanded,
     {"delivered", "success", "Uncategorized", "Unclassified", "Delivery"}},
    {Reason::kComplaint,
     {"feedback", "other", "Uncategorized", "Unclassified", "Complaint"}},
    {Reason::kAutoReply,
     {"vacation", "other", "AutoReply", "Unclassified", "Transient/General"}},
    {Reason::kAlreadySuppressed,
     {"suppressed", "other", "Uncategorized", "Unclassified",
      "Permanent/Suppressed"}},
}};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].reason) != i) return false;
  }
  return true;
}
static_assert(IsInOrder());

}  // namespace

std::optional<Taxonomy> ParseTaxonomy(std::string_view name) {
  for (std::size_t i = 0; i < kTaxonomyNames.size(); ++i) {
    if (kTaxonomyNames[i] == name) return static_cast<Taxonomy>(i);
  }
  return std::nullopt;
}

std::string_view NameIn(Taxonomy taxonomy, Reason reason,
                        ReasonClass reason_class) {
  const bool lowered = reason_class != ReasonClass::kHard &&
                       InfoOf(reason).reason_class == ReasonClass::kHard;
  if (lowered && taxonomy == Taxonomy::kSes) return "Transient/General";
  return kRows[static_cast<std::size_t>(reason)]
      .names[static_cast<std::size_t>(taxonomy)];
}

}  // namespace postbounce
