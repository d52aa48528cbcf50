#ifndef POSTBOUNCE_MIME_BOUNCE_TEXT_H_
#define POSTBOUNCE_MIME_BOUNCE_TEXT_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace postbounce {

// The text of a mail as lines, each with what its phrases say; without the
// returned message.
struct BounceText {
  struct Line {
    std::string_view text;  // trimmed
    std::size_t begin = 0;  // of `text`, in the whole
    bool failure = false;
    bool reason = false;
    bool delay = false;
    bool aside = false;
    bool transcript = false;
  };

  std::vector<Line> lines;   // at most 4000
  std::size_t returned = 0;  // where the returned message begins, or the end

  // What no delay notice says.
  bool says_permanent = false;

  static BounceText Read(std::string_view text);
  // Where the body of the returned message begins in `text`, behind its header;
  // the end of `text` when there is none.
  static std::size_t ReturnedBody(std::string_view text);
  // True when any line has that mark.
  bool Has(bool Line::*mark) const;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_BOUNCE_TEXT_H_
