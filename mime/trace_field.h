#ifndef POSTBOUNCE_MIME_TRACE_FIELD_H_
#define POSTBOUNCE_MIME_TRACE_FIELD_H_

#include <optional>
#include <string>
#include <string_view>

namespace postbounce {

enum class TraceKind {
  kClient,  // "from HELO (NAME [IP]) ... by HOST (MAIL_NAME) with PROTOCOL ..."
  kPickup,  // "by HOST (MAIL_NAME, from userid 0) ...": a local program sent it
  kLocal,   // "by HOST (MAIL_NAME) ...": Postfix made it itself, as bounces
};

// A Received field (RFC 5321 section 4.4) in the words of Postfix. It is true
// of a mail only where a host of our own wrote it; the field itself cannot
// tell, since anybody can write one below it.
struct TraceField {
  TraceKind kind = TraceKind::kLocal;
  // Of a client; empty for the other kinds.
  std::string helo;            // what the client called itself: no evidence
  std::string client_name;     // found by the host in DNS, both ways; empty
                               // for "unknown"
  std::string client_address;  // IPv4 or IPv6, without "[IPv6:" and "]"
  // Of the host that wrote the field.
  std::string by;         // its myhostname
  std::string mail_name;  // "Postfix", unless the site calls it otherwise
  std::string id;         // the queue id: ASCII letters and digits
};

// Reads the value of a Received field from its first byte to its last: nullopt
// unless all of it is as Postfix (2.3 and later) writes it, blanks and folds
// apart. Nothing is searched for, so no HELO, login or recipient is taken for a
// word of Postfix. nullopt, too, for a client whose address Postfix did not
// know, and for the field without an id that a before-queue filter sees.
// Linear.
std::optional<TraceField> ReadTraceField(std::string_view value);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TRACE_FIELD_H_
