#ifndef POSTBOUNCE_MIME_HEADER_CHECK_H_
#define POSTBOUNCE_MIME_HEADER_CHECK_H_

#include <vector>

#include "mime/header.h"

namespace postbounce {

// The header of an entity, as far as the limits of limits.h allow.
struct HeaderCheck {
  char* next = nullptr;       // where the body begins, or the end
  char* cut = nullptr;        // where a limit is reached
  std::vector<Field> fields;  // in the bytes that were checked
};

// Reads the header block in [begin, end). Mends it in place, without moving
// what lies behind it, where it is broken:
//  - NUL and CR inside a line become blanks;
//  - values are unfolded;
//  - a parameter that a sender forgot to indent belongs to its field, and so
//    does one lost line between two fields;
//  - a line that is no field otherwise begins the body.
// Linear in time.
HeaderCheck CheckHeader(char* begin, char* end);

// Where the header of a message begins in [begin, end), behind empty lines and
// the "From " lines of an mbox.
char* SkipToHeader(char* begin, char* end);

// Turns every bare CR of [begin, end) into LF when the first lines end so.
void MendBareCr(char* begin, char* end);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_HEADER_CHECK_H_
