#ifndef POSTBOUNCE_STORE_RELAYS_H_
#define POSTBOUNCE_STORE_RELAYS_H_

#include <string>
#include <string_view>
#include <vector>

#include "mime/text/network.h"

namespace postbounce {

// Where a log says that mail went: "mx.example.org[192.0.2.1]:25". Both are
// empty for what is no host: "none", the socket or the service of a pipe.
struct RelayName {
  std::string_view host;
  std::string_view address;
};
RelayName RelayNameOf(std::string_view relay);
// The host in lower case; "none" as it stands, empty for all else.
std::string RelayHostOf(std::string_view relay);

// Hosts of this site's own, which take mail for others: that they took it says
// nothing of its recipient. Immutable.
class InternalRelays {
 public:
  InternalRelays() = default;
  // `domains`: names of hosts, and of domains that hosts lie in.
  InternalRelays(std::vector<std::string> domains,
                 std::vector<Network> networks);

  // True for one of them, the host itself, and for what is no host.
  bool Contains(std::string_view relay) const;
  // The same of a host by its name, or by its address.
  bool ContainsHost(std::string_view host) const;

 private:
  bool IsInNetworks(std::string_view address) const;

  std::vector<std::string> domains_;  // lower case, sorted
  std::vector<Network> networks_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_STORE_RELAYS_H_
