#include "store/scopes.h"

#include <utility>

#include "mime/text/address.h"
#include "mime/text/text.h"
#include "store/log_keys.h"

namespace postbounce {
namespace {

// A sender, or a domain, as names are compared: in lower case, the domain in
// A-labels.
std::string Folded(std::string_view sender) {
  if (IsAscii(sender)) return ToLower(sender);
  const std::string any =
      sender.find('@') == std::string_view::npos ? "any@" : "";
  const auto address = Address::Parse(any + std::string(sender));
  if (!address) return ToLower(sender);
  if (!any.empty()) return address->ascii_domain();
  return address->NormalisedText(Normaliser());
}

}  // namespace

Scopes::Scopes(std::string origin, const std::vector<Scope>& scopes)
    : origin_(std::move(origin)) {
  for (const Scope& scope : scopes) {
    for (const std::string& sender : scope.senders) {
      names_.emplace(Folded(sender), scope.name);
    }
    for (const std::string& user : scope.users) {
      users_.emplace(ToLower(user), scope.name);
    }
  }
}

std::string Scopes::NameOf(std::string_view sender,
                           std::string_view user) const {
  if (!users_.empty() && !user.empty()) {
    const auto found = users_.find(ToLower(user));
    if (found != users_.end()) return found->second;
  }
  std::string address = Folded(sender);
  // A policy client tells the sender before Postfix has completed it.
  const bool is_bare = !address.empty() && address.find('@') == address.npos;
  if (is_bare && !origin_.empty()) address.append("@").append(origin_);
  const std::string_view domain = DomainOf(address);
  if (domain.empty()) return {};
  const std::string_view local =
      std::string_view(address).substr(0, address.size() - domain.size() - 1);
  const std::string base(local.substr(0, local.find('+')));
  for (const std::string& name : {address, base + "@" + std::string(domain)}) {
    const auto found = names_.find(name);
    if (found != names_.end()) return found->second;
  }
  std::string_view rest = domain;
  for (;;) {
    const auto found = names_.find(rest);
    if (found != names_.end()) return found->second;
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return std::string(domain);
    rest.remove_prefix(dot + 1);
  }
}

bool Scopes::MayBe(std::string_view name) const {
  for (const auto* known : {&names_, &users_}) {
    for (const auto& [who, scope] : *known) {
      if (scope == name) return true;
    }
  }
  std::string sender = "@";  // with "+" g++ 12 sees an overlap
  sender += name;
  return name.find('.') != std::string_view::npos && NameOf(sender) == name;
}

bool Scopes::IsNamed(std::string_view who) const {
  return names_.contains(Folded(who)) || users_.contains(ToLower(who));
}

std::set<std::string> Scopes::Names() const {
  std::set<std::string> names;
  for (const auto* known : {&names_, &users_}) {
    for (const auto& [who, name] : *known) names.insert(name);
  }
  return names;
}

}  // namespace postbounce
