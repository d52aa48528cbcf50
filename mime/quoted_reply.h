#ifndef POSTBOUNCE_MIME_QUOTED_REPLY_H_
#define POSTBOUNCE_MIME_QUOTED_REPLY_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace postbounce {

// Where in a text a server's failing reply stands: "550 5.1.1 ...", "550-...",
// "ERROR_CODE :550", "(#5.1.1)", or an enhanced status alone, "5.2.2 <...".
// Numbers that are no replies (addresses, times, sizes) are passed over. npos
// when there is none. Linear.
std::size_t FindReply(std::string_view text);

// What is worth showing to a judge of `text`, the words about one recipient:
// with a reply, that, and behind it in parentheses up to 200 bytes of what
// stands in front of it; without, the beginning. White space is folded; at
// most 1000 bytes and the parentheses.
std::string ReasonText(std::string_view text);

// The host that said it, of "host mx.example.org [192.0.2.1] said:", "while
// talking to mx.example.org.:", "by mx.example.org. [192.0.2.1]", "mx.example.
// org [192.0.2.1] did not like our RCPT TO:", "Connected to 192.0.2.1 but".
// Empty when none is named.
std::string_view FindRemoteHost(std::string_view text);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_QUOTED_REPLY_H_
