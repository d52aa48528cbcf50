#include "mime/text/domains.h"

#include <algorithm>

#include "mime/text/text.h"

namespace postbounce {

void SortDomains(std::vector<std::string>* domains) {
  for (std::string& domain : *domains) domain = ToLower(domain);
  std::sort(domains->begin(), domains->end());
}

bool IsWithin(const std::vector<std::string>& domains, std::string_view name) {
  std::string rest = ToLower(name);
  while (!rest.empty()) {
    if (std::binary_search(domains.begin(), domains.end(), rest)) return true;
    const std::size_t dot = rest.find('.');
    if (dot == std::string::npos) return false;
    rest.erase(0, dot + 1);
  }
  return false;
}

}  // namespace postbounce
