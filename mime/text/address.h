#ifndef POSTBOUNCE_MIME_TEXT_ADDRESS_H_
#define POSTBOUNCE_MIME_TEXT_ADDRESS_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "mime/text/result.h"

namespace postbounce {

// How addresses are compared. A change of these rules raises
// kNormaliserVersion, since stored keys were made by the older ones.
struct Normaliser {
  // RFC 5321 lets a site tell "Joe" from "joe"; none is known that does.
  bool fold_local_part = true;
};
inline constexpr int kNormaliserVersion = 1;

// An RFC 5321 Mailbox (RFC 6531 with SMTPUTF8): always a valid one. Immutable.
class Address {
 public:
  // Reads `text` as a mailbox, in angle brackets or not, blanks around it
  // ignored: dot-string or quoted local part, domain of letters, digits,
  // hyphens and underscores, U-labels, or an address literal. A source route
  // (RFC 5321 appendix C) and a dot that ends the domain are dropped. Dots at
  // the ends of an unquoted local part, or in a row, are let pass, since
  // carriers gave out such addresses; ToString() quotes them. kSyntax for
  // anything else, kLimit when longer than limits::kAddress (kAddressUtf8
  // with non-ASCII bytes).
  static Result<Address> Parse(std::string_view text);

  // Without quotes and backslashes that RFC 5321 does not need: `"a"@b` has
  // the local part `a`, `"a b"@c` the local part `a b`.
  const std::string& local_part() const { return local_part_; }
  // As written, without a final dot.
  const std::string& domain() const { return domain_; }
  // The domain in lower-case A-labels (IDNA 2008), "xn--mnchen-3ya.example";
  // as written, in lower case, where it has no A-label form.
  const std::string& ascii_domain() const { return ascii_domain_; }
  // True when the address can only be mailed with SMTPUTF8.
  bool needs_smtputf8() const;

  // The mailbox in its shortest valid form, quoted where needed.
  std::string ToString() const;
  // What two spellings of one mailbox have in common: local part (in lower
  // case and, for UTF-8, Unicode's lower case in form NFC) "@" ascii_domain().
  // It is a valid mailbox too, quoted where needed, and its own normal form.
  std::string NormalisedText(const Normaliser& normaliser) const;

  bool operator==(const Address&) const = default;

 private:
  Address(std::string local_part, std::string domain);

  std::string local_part_;
  std::string domain_;
  std::string ascii_domain_;
};

// The normal form of a mailbox whose spelling is the usual one, in ASCII and
// without quotes, blanks or brackets, for those who have no time for more.
struct PlainMailbox {
  using Space = std::array<char, 256>;

  std::string_view text;    // as of Address::NormalisedText()
  std::string_view domain;  // as of Address::ascii_domain()

  // The texts lie in `space`. nullopt: Address::Parse() knows more.
  static std::optional<PlainMailbox> Read(std::string_view mailbox,
                                          const Normaliser& normaliser,
                                          Space* space);
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_ADDRESS_H_
