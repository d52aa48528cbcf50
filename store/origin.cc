#include "store/origin.h"

#include <algorithm>
#include <utility>

#include "mime/text/text.h"
#include "store/log_keys.h"

namespace postbounce {
namespace {

// Others deliver on this site, whose domains may stand in tables that are not
// read here; or they repeat what was said of a destination.
constexpr std::string_view kToOtherSites = "smtp";

void Sort(std::vector<std::string>* names) {
  for (std::string& name : *names) name = ToLower(name);
  std::sort(names->begin(), names->end());
}

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::binary_search(names.begin(), names.end(), name);
}

// The name itself, or a domain that it lies in, as in Postfix's relay_domains.
bool IsWithin(const std::vector<std::string>& domains,
              std::string_view domain) {
  std::string name = ToLower(domain);
  while (!name.empty()) {
    if (Has(domains, name)) return true;
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) return false;
    name.erase(0, dot + 1);
  }
  return false;
}

}  // namespace

bool IsSenderOfMail(std::string_view sender) {
  return !sender.empty() && !StartsWithIgnoringCase(sender, "double-bounce@") &&
         !StartsWithIgnoringCase(sender, "mailer-daemon@") &&
         !EqualsIgnoringCase(sender, "mailer-daemon");
}

Origin::Origin(Names names) : names_(std::move(names)) {
  Sort(&names_.local_domains);
  Sort(&names_.senders);
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
  return IsInjected(message) || Has(names_.senders, ToLower(*message.sender)) ||
         IsWithin(names_.senders, DomainOf(*message.sender));
}

}  // namespace postbounce
