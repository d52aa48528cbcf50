#ifndef POSTBOUNCE_MIME_BOUNCE_PHRASE_TABLE_H_
#define POSTBOUNCE_MIME_BOUNCE_PHRASE_TABLE_H_

#include <span>
#include <string_view>

#include "mime/bounce_phrases.h"

namespace postbounce {

struct PhraseRow {
  PhraseKind kind;
  std::string_view language;  // for people
  std::string_view phrases;   // as FoldCase() leaves them, "|" between them
};

// All that is known of how bounces are worded. To teach Postbounce another
// language or format, add phrases here.
std::span<const PhraseRow> PhraseRows();

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_BOUNCE_PHRASE_TABLE_H_
