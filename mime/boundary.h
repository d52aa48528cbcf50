#ifndef POSTBOUNCE_MIME_BOUNDARY_H_
#define POSTBOUNCE_MIME_BOUNDARY_H_

#include <string>
#include <string_view>

namespace postbounce {

// The boundary, without "--", that divides `body`: the one `declared`, or where
// that is nowhere in the first limits::kHeaderBlock bytes the first that looks
// like one. Empty when none was declared and none is seen.
std::string BoundaryFor(std::string_view declared, std::string_view body);

// The first line of the first limits::kHeaderBlock bytes of `body` that looks
// like a delimiter, without "--": a Content-* field stands behind it, and no
// Content-Type before it. Empty when there is none.
std::string_view SeenBoundary(std::string_view body);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_BOUNDARY_H_
