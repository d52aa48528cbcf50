#include "store/origin.h"

#include <algorithm>
#include <utility>

#include "mime/text/domains.h"
#include "mime/text/text.h"
#include "store/log_keys.h"

namespace postbounce {
namespace {

// Others deliver on this site, whose domains may stand in tables that are not
// read here; or they repeat what was said of a destination.
constexpr std::string_view kToOtherSites = "smtp";

}  // namespace

bool IsSenderOfMail(std::string_view sender) {
  return !sender.empty() && !StartsWithIgnoringCase(sender, "double-bounce@") &&
         !StartsWithIgnoringCase(sender, "mailer-daemon@") &&
         !EqualsIgnoringCase(sender, "mailer-daemon");
}

Origin::Origin(Names names) : names_(std::move(names)) {
  SortDomains(&names_.local_domains);
  SortDomains(&names_.senders);
}

bool Origin::IsLocal(std::string_view domain) const {
  return IsWithin(names_.local_domains, domain);
}

bool Origin::IsInjected(const LogMessage& message) const {
  if (message.is_local || !message.sasl_user.empty()) return true;
  return std::any_of(
      names_.trusted_clients.begin(), names_.trusted_clients.end(),
      [&](const Network& one) { return one.Contains(message.client_address); });
}

bool Origin::IsNamed(std::string_view sender) const {
  return std::binary_search(names_.senders.begin(), names_.senders.end(),
                            ToLower(sender));
}

bool Origin::IsSender(std::string_view sender) const {
  return IsNamed(sender) || IsWithin(names_.senders, DomainOf(sender));
}

bool Origin::MayBeOurs(const LogMessage& message) const {
  if (!message.sender || !(message.is_local || message.is_remote)) return true;
  return IsSenderOfMail(*message.sender) &&
         (IsInjected(message) || IsSender(*message.sender));
}

bool Origin::IsOurs(const LogMessage& message,
                    const LogAttempt& attempt) const {
  if (names_.local_domains.empty() || !message.sender ||
      !IsSenderOfMail(*message.sender)) {
    return false;
  }
  const std::string_view domain = DomainOf(attempt.recipient);
  if (attempt.program != kToOtherSites || attempt.is_probe || domain.empty() ||
      IsLocal(domain)) {
    return false;
  }
  return IsInjected(message) || IsSender(*message.sender);
}

}  // namespace postbounce
