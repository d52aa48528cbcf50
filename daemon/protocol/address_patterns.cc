#include "daemon/protocol/address_patterns.h"

#include <algorithm>
#include <cstddef>

#include "mime/text/text.h"

namespace postbounce {
namespace {

// Whether `text` is what `pattern` says, where "*" stands for any bytes. The
// last "*" alone is tried again: at most one pass over the text for each byte
// of the pattern.
bool IsMatch(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t star = pattern.npos;
  std::size_t tried = 0;  // where the bytes end that the last "*" stands for
  for (std::size_t i = 0; i < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      tried = i;
    } else if (at < pattern.size() && pattern[at] == text[i]) {
      ++at;
      ++i;
    } else if (star != pattern.npos) {
      at = star + 1;
      i = ++tried;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace

AddressPatterns::AddressPatterns(const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    const bool is_domain = pattern.find('@') == pattern.npos;
    patterns_.push_back((is_domain ? "*@" : "") + ToLower(pattern));
  }
}

std::string AddressPatterns::Check(std::string_view pattern) {
  const std::size_t at = pattern.rfind('@');
  const std::string_view domain =
      at == pattern.npos ? pattern : pattern.substr(at + 1);
  const bool is_good =
      at != 0 && !domain.empty() && domain.find('*') == domain.npos &&
      std::none_of(pattern.begin(), pattern.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '>';
      });
  if (!is_good) {
    return "it is a domain, or an address, before whose @ a * stands for "
           "anything";
  }
  if (IsAscii(domain) && !domain.ends_with('.')) return "";
  return "its domain is to be as Postfix sees it, xn--..., without a dot at "
         "the end";
}

bool AddressPatterns::Match(std::string_view address) const {
  if (patterns_.empty()) return false;
  const std::string lower = ToLower(address);
  const std::size_t at = lower.rfind('@');
  if (at == lower.npos || at == 0) return false;
  return std::any_of(
      patterns_.begin(), patterns_.end(), [&](std::string_view pattern) {
        const std::size_t end = pattern.rfind('@');
        return pattern.substr(end) == std::string_view(lower).substr(at) &&
               IsMatch(pattern.substr(0, end), lower.substr(0, at));
      });
}

}  // namespace postbounce
