#include "mime/text/address.h"

#include <idn2.h>
#include <unicase.h>
#include <uninorm.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

bool IsAlnum(char c) {
  const char lower = AsciiLower(c);
  return IsDigit(c) || (lower >= 'a' && lower <= 'z');
}

bool IsNonAscii(char c) { return static_cast<unsigned char>(c) >= 0x80; }

// RFC 5321 section 4.1.2 and RFC 6531 section 3.3: atext and the dot.
bool IsDotStringChar(char c) {
  constexpr std::string_view kOther = "!#$%&'*+-/=?^_`{|}~.";
  return IsAlnum(c) || IsNonAscii(c) || kOther.find(c) != kOther.npos;
}

bool IsQuotable(char c) { return (c >= 32 && c < 127) || IsNonAscii(c); }

bool IsDotString(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsDotStringChar(text[i])) return false;
    if (text[i] == '.' && text[i - 1] == '.') return false;
  }
  return true;
}

// Takes a quoted string off the front of `rest`; gives what it means.
std::optional<std::string> TakeQuoted(std::string_view* rest) {
  std::string text;
  if (!TakeChar(rest, '"')) return std::nullopt;
  while (!rest->empty()) {
    if (TakeChar(rest, '"')) return text;
    const bool escaped = TakeChar(rest, '\\');
    if (rest->empty() || !IsQuotable(rest->front())) return std::nullopt;
    if (escaped && IsNonAscii(rest->front())) return std::nullopt;
    text += rest->front();
    rest->remove_prefix(1);
  }
  return std::nullopt;
}

std::optional<std::string> TakeLocalPart(std::string_view* rest) {
  if (rest->starts_with('"')) return TakeQuoted(rest);
  std::size_t size = 0;
  while (size < rest->size() && IsDotStringChar((*rest)[size])) ++size;
  if (size == 0) return std::nullopt;
  std::string text(rest->substr(0, size));
  rest->remove_prefix(size);
  return text;
}

bool IsAddressLiteral(std::string_view domain) {
  if (domain.size() < 3 || domain.front() != '[' || domain.back() != ']') {
    return false;
  }
  for (const char c : domain.substr(1, domain.size() - 2)) {
    if (c <= 32 || c >= 127 || c == '[' || c == ']' || c == '\\' || c == '@') {
      return false;
    }
  }
  return domain.size() <= 255;
}

// The underscore is no part of RFC 5321's domains, but of real ones.
bool IsLabel(std::string_view label) {
  if (label.empty() || label.front() == '-' || label.back() == '-') {
    return false;
  }
  bool ascii = true;
  for (const char c : label) {
    if (!IsAlnum(c) && !IsNonAscii(c) && c != '-' && c != '_') return false;
    ascii = ascii && !IsNonAscii(c);
  }
  return !ascii || label.size() <= 63;
}

bool IsHostName(std::string_view domain) {
  if (IsAscii(domain) && domain.size() > 255) return false;
  for (;;) {
    const std::size_t dot = domain.find('.');
    if (!IsLabel(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

bool IsDomain(std::string_view domain) {
  return IsHostName(domain) || IsAddressLiteral(domain);
}

// "@one.example,@two.example:" in front of the mailbox.
bool DropSourceRoute(std::string_view* rest) {
  while (TakeChar(rest, '@')) {
    const std::size_t end = rest->find_first_of(",:");
    if (end == std::string_view::npos) return false;
    if (!IsHostName(rest->substr(0, end))) return false;
    const bool last = (*rest)[end] == ':';
    rest->remove_prefix(end + 1);
    if (last) return true;
    if (!rest->starts_with('@')) return false;
  }
  return true;
}

std::string UnicodeLower(std::string_view text) {
  if (IsAscii(text)) return ToLower(text);
  std::size_t size = 0;
  const std::unique_ptr<std::uint8_t, Free> lower(
      u8_tolower(reinterpret_cast<const std::uint8_t*>(text.data()),
                 text.size(), nullptr, UNINORM_NFC, nullptr, &size));
  if (lower == nullptr) return ToLower(text);
  return std::string(reinterpret_cast<const char*>(lower.get()), size);
}

std::string AsciiDomain(const std::string& domain) {
  if (IsAscii(domain)) return ToLower(domain);
  char* ascii = nullptr;
  const int status = idn2_to_ascii_8z(domain.c_str(), &ascii,
                                      IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  const std::unique_ptr<char, Free> owner(ascii);
  // The mapping of IDNA can yield an "@" or a blank from look-alikes.
  if (status != IDN2_OK || !IsHostName(ascii)) return UnicodeLower(domain);
  return ToLower(ascii);
}

std::string Quoted(std::string_view local_part) {
  if (IsDotString(local_part)) return std::string(local_part);
  std::string quoted = "\"";
  for (const char c : local_part) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

}  // namespace

Address::Address(std::string local_part, std::string domain)
    : local_part_(std::move(local_part)),
      domain_(std::move(domain)),
      ascii_domain_(AsciiDomain(domain_)) {}

Result<Address> Address::Parse(std::string_view text) {
  const auto error = [&](const char* what) {
    return Error(ErrorCode::kSyntax, what, text);
  };
  std::string_view rest = Trim(text);
  if (TakeChar(&rest, '<')) {
    if (!rest.ends_with('>')) return error("no '>' after the address");
    rest.remove_suffix(1);
  }
  if (!DropSourceRoute(&rest)) return error("bad source route");
  const std::size_t limit =
      IsAscii(rest) ? limits::kAddress : limits::kAddressUtf8;
  const std::size_t size = rest.size();
  if (size > limit) {
    return Error(ErrorCode::kLimit, "address too long", text);
  }
  if (!IsValidUtf8(rest)) return error("address is not UTF-8");

  std::optional<std::string> local_part = TakeLocalPart(&rest);
  if (!local_part) return error("bad local part");
  if (!TakeChar(&rest, '@')) return error("no '@' after the local part");
  if (rest.ends_with('.')) rest.remove_suffix(1);
  if (!IsDomain(rest)) return error("bad domain");
  Address address(*std::move(local_part), std::string(rest));
  // The quotes that dots at odd places need may be one byte too many.
  if (size + 2 > limit && address.ToString().size() > limit) {
    return Error(ErrorCode::kLimit, "address too long", text);
  }
  return address;
}

bool Address::needs_smtputf8() const {
  return !IsAscii(local_part_) || !IsAscii(ascii_domain_);
}

std::string Address::ToString() const {
  return Quoted(local_part_) + "@" + domain_;
}

std::string Address::NormalisedText(const Normaliser& normaliser) const {
  const std::string& local = local_part_;
  return Quoted(normaliser.fold_local_part ? UnicodeLower(local) : local) +
         "@" + ascii_domain_;
}

namespace {

enum class Kind : std::uint8_t { kOther, kAtext, kAlnum, kHyphen, kDot, kAt };

constexpr std::array<Kind, 256> KindsOfChars() {
  std::array<Kind, 256> kinds{};
  for (const char c : std::string_view("!#$%&'*+/=?^_`{|}~")) {
    kinds[static_cast<unsigned char>(c)] = Kind::kAtext;
  }
  for (int c = 0; c < 26; ++c) {
    kinds[static_cast<std::size_t>('a' + c)] = Kind::kAlnum;
    kinds[static_cast<std::size_t>('A' + c)] = Kind::kAlnum;
  }
  for (int c = '0'; c <= '9'; ++c) {
    kinds[static_cast<std::size_t>(c)] = Kind::kAlnum;
  }
  kinds['-'] = Kind::kHyphen;
  kinds['.'] = Kind::kDot;
  kinds['@'] = Kind::kAt;
  return kinds;
}
constexpr std::array<Kind, 256> kKinds = KindsOfChars();

Kind KindOf(char c) { return kKinds[static_cast<unsigned char>(c)]; }

// How long the dot-string is that `text` begins with; 0 if that is not all in
// front of an "@".
std::size_t PlainLocalPart(std::string_view text) {
  Kind before = Kind::kDot;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Kind kind = KindOf(text[i]);
    if (kind == Kind::kAt) return before == Kind::kDot ? 0 : i;
    if (kind == Kind::kOther) return 0;
    if (kind == Kind::kDot && before == Kind::kDot) return 0;
    before = kind;
  }
  return 0;
}

// Letters, digits and hyphens between dots.
bool IsPlainDomain(std::string_view text) {
  Kind before = Kind::kDot;
  std::size_t label = 0;
  for (const char c : text) {
    const Kind kind = KindOf(c);
    const bool is_edge = before == Kind::kDot || kind == Kind::kDot;
    if (kind == Kind::kAtext || kind == Kind::kOther || kind == Kind::kAt) {
      return false;
    }
    if (is_edge && kind != Kind::kAlnum && before != Kind::kAlnum) return false;
    label = kind == Kind::kDot ? 0 : label + 1;
    if (label > 63) return false;
    before = kind;
  }
  return before == Kind::kAlnum;
}

}  // namespace

std::optional<PlainMailbox> PlainMailbox::Read(std::string_view mailbox,
                                               const Normaliser& normaliser,
                                               Space* space) {
  if (mailbox.size() > space->size()) return std::nullopt;
  const std::size_t at = PlainLocalPart(mailbox);
  if (at == 0 || !IsPlainDomain(mailbox.substr(at + 1))) return std::nullopt;
  for (std::size_t i = 0; i < mailbox.size(); ++i) {
    const bool folds = i > at || normaliser.fold_local_part;
    (*space)[i] = folds ? AsciiLower(mailbox[i]) : mailbox[i];
  }
  const std::string_view text(space->data(), mailbox.size());
  return PlainMailbox{text, text.substr(at + 1)};
}

}  // namespace postbounce
