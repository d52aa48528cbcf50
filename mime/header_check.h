#ifndef POSTBOUNCE_MIME_HEADER_CHECK_H_
#define POSTBOUNCE_MIME_HEADER_CHECK_H_

#include <string_view>

namespace postbounce {

// What a MIME parser may be shown of the header that begins at some place.
struct HeaderCheck {
  char* next = nullptr;           // behind the empty line, or the end
  char* cut = nullptr;            // where a limit of limits.h is reached
  std::string_view content_type;  // the first such field, still folded
  bool may_hold_message = false;  // another header may begin at `next`
};

// Looks at the header block in [begin, end), no further than the limits allow,
// and mends it in place, without moving a byte, where a parser would stumble:
//  - NUL and CR inside a line become blanks;
//  - a parameter that a sender forgot to indent is joined to its field;
//  - message/global becomes message/rfc822, which is parsed, and a message/*
//    in base64 or quoted-printable becomes message/global, which is not.
// Linear in time.
HeaderCheck CheckHeader(char* begin, char* end);

// Turns every bare CR of [begin, end) into LF when the first lines end so.
void MendBareCr(char* begin, char* end);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_HEADER_CHECK_H_
