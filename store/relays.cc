#include "store/relays.h"

#include <algorithm>
#include <utility>

#include "mime/text/domains.h"
#include "mime/text/text.h"

namespace postbounce {

RelayName RelayNameOf(std::string_view relay) {
  const std::size_t open = relay.find('[');
  const std::size_t close = relay.find(']', open == relay.npos ? 0 : open);
  if (open == relay.npos || close == relay.npos) return {};
  const std::string_view address = relay.substr(open + 1, close - open - 1);
  // "host[/path/of/a/socket]" is this host.
  if (address.empty() || address.front() == '/') return {};
  return {relay.substr(0, open), address};
}

std::string RelayHostOf(std::string_view relay) {
  return relay == "none" ? "none" : ToLower(RelayNameOf(relay).host);
}

InternalRelays::InternalRelays(std::vector<std::string> domains,
                               std::vector<Network> networks)
    : domains_(std::move(domains)), networks_(std::move(networks)) {
  SortDomains(&domains_);
}

bool InternalRelays::Contains(std::string_view relay) const {
  const RelayName name = RelayNameOf(relay);
  return name.address.empty() || IsWithin(domains_, name.host) ||
         IsInNetworks(name.address);
}

bool InternalRelays::ContainsHost(std::string_view host) const {
  return IsWithin(domains_, host) || IsInNetworks(host);
}

bool InternalRelays::IsInNetworks(std::string_view address) const {
  return std::any_of(
      networks_.begin(), networks_.end(),
      [&](const Network& network) { return network.Contains(address); });
}

}  // namespace postbounce
