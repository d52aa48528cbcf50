#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mime/text/text.h"
#include "store/relay_site.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view host(reinterpret_cast<const char*>(data), size);
  const std::string site = postbounce::SiteOf(host);
  if (site.empty()) return 0;
  Check(postbounce::SiteOf(site) == site);
  Check(postbounce::IsSameSite(host, site));
  if (host.ends_with('.')) host.remove_suffix(1);
  Check(postbounce::ToLower(host).ends_with(site));
  return 0;
}
