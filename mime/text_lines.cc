#include "mime/text_lines.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kLabelSize = 60;

bool IsAlnum(char c) {
  const char lower = AsciiLower(c);
  return IsDigit(c) || (lower >= 'a' && lower <= 'z');
}

// Other characters of a local part end it in running text.
bool IsLocalChar(char c) {
  return IsAlnum(c) || std::string_view("!#$%&*+-/=?^_{}~.|").find(c) !=
                           std::string_view::npos;
}

bool IsDomainChar(char c) {
  return IsAlnum(c) || c == '-' || c == '.' || c == '_';
}

// "SMTP=joe@example.org" of X.400 and Exchange, "to=joe@example.org".
std::size_t SkipKey(std::string_view line, std::size_t begin, std::size_t at) {
  for (const std::string_view key : {"smtp=", "to=", "rcpt=", "recipient="}) {
    const std::size_t size = std::min(key.size(), at - begin);
    if (EqualsIgnoringCase(line.substr(begin, size), key)) {
      return begin + key.size();
    }
  }
  return begin;
}

// Where the mailbox around the "@" at `at` begins, not before `floor`.
std::size_t BeginOf(std::string_view line, std::size_t at, std::size_t floor) {
  std::size_t begin = at;
  if (begin > floor && line[begin - 1] == '"') {
    const std::size_t quote = line.substr(0, begin - 1).rfind('"');
    if (quote != line.npos && quote >= floor && at - quote < 66) return quote;
    return at;
  }
  while (begin > floor && IsLocalChar(line[begin - 1])) --begin;
  // Brackets hold whatever an address may be made of, UTF-8 included.
  std::size_t open = begin;
  while (open > floor && (line[open - 1] & 0x80) != 0) --open;
  while (open > floor && IsLocalChar(line[open - 1])) --open;
  if (open > floor && line[open - 1] == '<') return open;
  return SkipKey(line, begin, at);
}

std::size_t EndOf(std::string_view line, std::size_t at, bool bracketed) {
  std::size_t end = at + 1;
  if (end < line.size() && line[end] == '[') {
    const std::size_t close = line.substr(end, 64).find(']');
    return close == line.npos ? at : end + close + 1;
  }
  while (end < line.size() &&
         (IsDomainChar(line[end]) || (bracketed && (line[end] & 0x80) != 0))) {
    ++end;
  }
  while (end > at + 1 && !IsAlnum(line[end - 1]) &&
         (line[end - 1] & 0x80) == 0) {
    --end;
  }
  return end;
}

std::optional<TextAddress> AddressAt(std::string_view line, std::size_t at,
                                     std::size_t floor) {
  const std::size_t begin = BeginOf(line, at, floor);
  const bool bracketed = begin > 0 && line[begin - 1] == '<';
  const std::size_t end = EndOf(line, at, bracketed);
  if (begin == at || end <= at + 1) return std::nullopt;
  const std::string_view text = line.substr(begin, end - begin);
  if (text.size() > limits::kAddressUtf8) return std::nullopt;
  const std::string_view domain = text.substr(at - begin + 1);
  if (!bracketed && domain.find('.') == domain.npos) return std::nullopt;
  Result<Address> address = Address::Parse(text);
  if (!address) return std::nullopt;
  return TextAddress{*std::move(address), begin, end};
}

// The labels and bullets in front of an address say no more than that it is
// one; other words may be its reason.
std::string_view LabelOf(std::string_view front) {
  constexpr std::string_view kBullets = " \t>*-=|.'\"`<([#";
  while (!front.empty()) {
    if (kBullets.find(front.front()) == front.npos) break;
    front.remove_prefix(1);
  }
  while (!front.empty()) {
    if (kBullets.find(front.back()) == front.npos && front.back() != ':') break;
    front.remove_suffix(1);
  }
  // X.400: "c=US;a= ;p=Example;dda:SMTP=joe@example.org"
  if (StartsWithIgnoringCase(front, "c=") && front.find(';') != front.npos) {
    return {};
  }
  // "[SMTP:joe@example.org]"
  for (const std::string_view type : {"smtp", "rfc822;", "mailto"}) {
    if (front.size() >= type.size() &&
        EqualsIgnoringCase(front.substr(front.size() - type.size()), type)) {
      return LabelOf(front.substr(0, front.size() - type.size()));
    }
  }
  return front;
}

// Bullets of other scripts are no words either.
std::string_view WithoutBullet(std::string_view line) {
  for (const std::string_view bullet :
       {"\u2022", "\u25CF", "\u25CB", "\u30FB", "\u2013", "\u2014", "\u00B7"}) {
    if (line.starts_with(bullet)) return Trim(line.substr(bullet.size()));
  }
  return line;
}

}  // namespace

std::vector<TextAddress> FindAddresses(std::string_view line, std::size_t max) {
  std::vector<TextAddress> found;
  std::size_t floor = 0;
  for (std::size_t at = line.find('@'); at != line.npos && found.size() < max;
       at = line.find('@', at + 1)) {
    if (auto address = AddressAt(line, at, floor)) {
      floor = address->end;
      found.push_back(*std::move(address));
    } else {
      floor = at + 1;
    }
  }
  return found;
}

std::optional<ListedAddress> ReadListedAddress(std::string_view line) {
  line = WithoutBullet(line);
  std::vector<TextAddress> found = FindAddresses(line, 2);
  if (found.empty()) return std::nullopt;
  std::size_t front = found[0].begin;
  std::size_t chosen = 0;
  if (found.size() == 2) {
    // "joe@a.org <jim@b.org>", "joe@a.org<mailto:joe@a.org>"
    const std::string_view between =
        line.substr(found[0].end, found[1].begin - found[0].end);
    const std::string_view name = Trim(between);
    if (name == "<" || name == "\" <" || name == "' <" || name == "<mailto:") {
      chosen = 1;
    }
  }
  const std::string_view before = line.substr(0, front);
  const std::string_view label = LabelOf(before);
  // "(ultimately generated from joe@example.org)" needs no colon.
  const bool labelled =
      before.find(':') != before.npos || before.starts_with('(');
  if (!label.empty() && (!labelled || label.size() > kLabelSize)) {
    return std::nullopt;
  }
  ListedAddress listed{std::move(found[chosen].address), label,
                       line.substr(found[chosen].end), false};
  const std::size_t begin = found[chosen].begin;
  listed.bracketed = begin > 0 && line[begin - 1] == '<';
  for (const char close : {'>', '"', '\'', ']', ')'}) {
    TakeChar(&listed.rest, close);
  }
  listed.rest = Trim(listed.rest);
  return listed;
}

bool IsMessageField(std::string_view line) {
  static constexpr std::array<std::string_view, 22> kNames = {
      "received",     "return-path",
      "message-id",   "dkim-signature",
      "from",         "to",
      "subject",      "date",
      "mime-version", "content-type",
      "delivered-to", "x-received",
      "reply-to",     "sender",
      "cc",           "x-mailer",
      "in-reply-to",  "references",
      "precedence",   "user-agent",
      "list-id",      "authentication-results"};
  const std::size_t colon = line.substr(0, 40).find(':');
  if (colon == line.npos || colon == 0) return false;
  const std::string_view name = line.substr(0, colon);
  if (StartsWithIgnoringCase(name, "x-")) {
    return name.find(' ') == name.npos;
  }
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view known) {
    return EqualsIgnoringCase(name, known);
  });
}

bool IsOffice(const Address& address) {
  const std::string key = ToLower(address.ToString());
  const std::string_view local =
      std::string_view(key).substr(0, key.rfind('@'));
  for (const std::string_view office :
       {"postmaster", "mailer-daemon", "abuse", "support", "soporte",
        "helpdesk", "hostmaster", "admin", "administrator", "root", "info"}) {
    if (local == office) return true;
  }
  return false;
}

}  // namespace postbounce
