#include "store/relay_site.h"

#include <libpsl.h>

#include <algorithm>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kHostName = 253;  // octets (RFC 1035 section 2.3.4)

std::string Normalised(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return ToLower(host);
}

// Letters, digits, hyphens and the underscores that some hosts have. `host` is
// in lower case.
bool IsHostName(std::string_view host) {
  if (host.empty() || host.size() > kHostName) return false;
  if (host.front() == '.' || host.back() == '.') return false;
  if (host.find("..") != std::string_view::npos) return false;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
           c == '.';
  });
}

// libpsl takes the last two labels of what no suffix fits, addresses included.
// No top-level domain ends in a digit.
std::string SiteOfNormalised(const std::string& host) {
  if (!IsHostName(host) || IsDigit(host.back())) return {};
  const char* site = psl_registrable_domain(psl_builtin(), host.c_str());
  return site == nullptr ? std::string() : std::string(site);
}

}  // namespace

std::string SiteOf(std::string_view host) {
  return SiteOfNormalised(Normalised(host));
}

bool IsSameSite(std::string_view host_a, std::string_view host_b) {
  const std::string a = Normalised(host_a);
  const std::string b = Normalised(host_b);
  if (a.empty()) return false;
  if (a == b) return true;
  const std::string site = SiteOfNormalised(a);
  return !site.empty() && site == SiteOfNormalised(b);
}

}  // namespace postbounce
