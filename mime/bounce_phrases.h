#ifndef POSTBOUNCE_MIME_BOUNCE_PHRASES_H_
#define POSTBOUNCE_MIME_BOUNCE_PHRASES_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "mime/text/fold_case.h"

namespace postbounce {

// What a phrase in the text of a mail tells of it.
enum class PhraseKind {
  kFailure,     // a mail was not delivered
  kReason,      // why; people write such words too
  kDelay,       // and will be tried again
  kReturned,    // the returned message follows
  kTranscript,  // what the servers said to each other follows
  kAside,       // advice: whom to ask, what to do; no recipient is named here
  kSubject,     // a Subject that only bounces have
};

struct FoundPhrase {
  PhraseKind kind;
  std::size_t begin;
  std::size_t end;
};

// The phrases, in many languages, in a text that FoldCase() made; in the order
// of their ends, at most 2000. Linear.
std::vector<FoundPhrase> FindPhrases(std::string_view folded);

// True when a Subject is that of a bounce: "Undeliverable: ...", "failure
// notice"; a delay warning's too.
bool IsBounceSubject(std::string_view folded);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_BOUNCE_PHRASES_H_
