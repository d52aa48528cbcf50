#ifndef POSTBOUNCE_DAEMON_PROTOCOL_ENVELOPE_H_
#define POSTBOUNCE_DAEMON_PROTOCOL_ENVELOPE_H_

#include <string>
#include <vector>

namespace postbounce {

// RFC 5321 section 2.3.1: who sent a mail and to whom, as the client said it,
// without "<>". The null sender is empty.
struct Envelope {
  std::string sender;
  std::vector<std::string> recipients;
  // The client that Postfix says it has the mail from, where the protocol tells
  // that and whoever speaks it is believed: the name that its address is known
  // by, both ways, and that address. Else empty.
  std::string client_name = {};
  std::string client_address = {};
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_ENVELOPE_H_
