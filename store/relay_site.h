#ifndef POSTBOUNCE_STORE_RELAY_SITE_H_
#define POSTBOUNCE_STORE_RELAY_SITE_H_

#include <string>
#include <string_view>

namespace postbounce {

// Whose hosts are whose, by the Public Suffix List that libpsl has built in.
// Host names are in A-labels; case and a dot at the end are ignored. All are
// linear and thread-safe.

// The registered domain of a host, in lower case: "example.co.uk" for
// "mx1.example.co.uk". Of an MX host this is its operator. The list's private
// suffixes count, so that customers of a hosting company are apart. Empty for
// a public suffix, an IP address, a name of one label, and what is no name.
std::string SiteOf(std::string_view host);

// True for one and the same host, and for two with the same SiteOf(). False if
// one of them is empty: a host without a name may be any.
bool IsSameSite(std::string_view host_a, std::string_view host_b);

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_RELAY_SITE_H_
