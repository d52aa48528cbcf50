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
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_PROTOCOL_ENVELOPE_H_
