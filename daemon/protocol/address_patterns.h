#ifndef POSTBOUNCE_DAEMON_PROTOCOL_ADDRESS_PATTERNS_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_ADDRESS_PATTERNS_H_

#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

// Which recipients are meant: "bounces.example.com" is each address of that
// domain, not of those below it; "bounce@example.com" that one, and
// "bounce+*@example.com" those that have anything where the "*" stands, as VERP
// writes it. Case does not matter, of ASCII's letters. Immutable.
class AddressPatterns {
 public:
  AddressPatterns() = default;  // nobody
  explicit AddressPatterns(const std::vector<std::string>& patterns);

  // What is wrong with a pattern; empty when nothing is.
  static std::string Check(std::string_view pattern);

  bool empty() const { return patterns_.empty(); }
  // `address` is a recipient as a client gave it, without "<>". Any bytes.
  bool Match(std::string_view address) const;

 private:
  std::vector<std::string> patterns_;  // "*@" in front of a domain
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_ADDRESS_PATTERNS_H_
