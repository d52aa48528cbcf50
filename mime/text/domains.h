#ifndef POSTBOUNCE_MIME_TEXT_DOMAINS_H_
#define POSTBOUNCE_MIME_TEXT_DOMAINS_H_

#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

// Puts names into lower case and in order, as IsWithin() wants them.
void SortDomains(std::vector<std::string>* domains);

// True if one of the domains is the name itself or what it lies in, as in
// Postfix's relay_domains.
bool IsWithin(const std::vector<std::string>& domains, std::string_view name);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_DOMAINS_H_
