#ifndef POSTBOUNCE_STORE_SCOPES_H_
#define POSTBOUNCE_STORE_SCOPES_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

// A [[scope]] of the configuration: mail that belongs together, so that a
// complaint about it stops no other mail.
struct Scope {
  std::string name;
  // Envelope senders: domains with their subdomains, and addresses; what stands
  // behind a "+" in a sender's local part is left out.
  std::vector<std::string> senders;
  // Who has logged in (SASL) to send it, whatever its sender.
  std::vector<std::string> users = {};

  bool operator==(const Scope&) const = default;
};

// Whose mail is whose. Immutable.
class Scopes {
 public:
  Scopes() = default;
  explicit Scopes(const std::vector<Scope>& scopes) : Scopes("", scopes) {}
  // `origin`: the domain of senders who have none, as Postfix's myorigin;
  // empty: not known.
  Scopes(std::string origin, const std::vector<Scope>& scopes);

  // The scope of an envelope sender's mail: that of the login by which it came
  // (empty: none), else the nearest that names the sender, else its domain in
  // lower case. Empty for the null sender.
  std::string NameOf(std::string_view sender, std::string_view user = {}) const;
  // Whether any mail can be of this scope: the configuration has it, or it may
  // be a sender's domain.
  bool MayBe(std::string_view name) const;
  // Whether the configuration has this sender, or login.
  bool IsNamed(std::string_view who) const;
  std::set<std::string> Names() const;  // of the configuration

 private:
  std::map<std::string, std::string, std::less<>> names_;  // by sender
  std::map<std::string, std::string, std::less<>> users_;  // by login
  std::string origin_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_SCOPES_H_
