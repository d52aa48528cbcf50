#include "mime/text/fold_case.h"

#include <cstddef>

#include "mime/text/text.h"

namespace postbounce {
namespace {

// Both bytes of a letter of two bytes in UTF-8, in lower case.
void FoldPair(unsigned char* first, unsigned char* second) {
  const unsigned char a = *first;
  const unsigned char b = *second;
  if (a == 0xC3 && b >= 0x80 && b <= 0x9E && b != 0x97) {
    *second = b + 0x20;  // Latin-1
  } else if (a == 0xC4 || a == 0xC5) {
    // Latin Extended-A: pairs, capital first; odd ones from U+0139 to U+0148
    // and from U+0179 on.
    const unsigned code = (a & 0x1Fu) << 6 | (b & 0x3Fu);
    const bool odd_capitals = (code >= 0x139 && code <= 0x148) || code >= 0x179;
    if (code != 0x138 && code < 0x17F && (code % 2 == 1) == odd_capitals) {
      *second = b + 1;
    }
  } else if (a == 0xCE && b >= 0x91 && b <= 0xA9) {
    if (b >= 0xA0) *first = 0xCF;  // Greek
    *second = b >= 0xA0 ? b - 0x20 : b + 0x20;
  } else if (a == 0xD0 && b >= 0x90 && b <= 0xAF) {
    if (b >= 0xA0) *first = 0xD1;  // Cyrillic
    *second = b >= 0xA0 ? b - 0x20 : b + 0x20;
  }
}

}  // namespace

std::string FoldCase(std::string_view text) {
  // Most texts are ASCII, and a loop that does nothing else takes many bytes
  // at once.
  std::string folded = ToLower(text);
  if (IsAscii(text)) return folded;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const auto byte = static_cast<unsigned char>(folded[i]);
    if (byte >= 0xC3 && byte <= 0xD0 && i + 1 < folded.size()) {
      auto* pair = reinterpret_cast<unsigned char*>(folded.data() + i);
      FoldPair(pair, pair + 1);
      ++i;
    }
  }
  return folded;
}

}  // namespace postbounce
