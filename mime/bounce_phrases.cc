#include "mime/bounce_phrases.h"

#include <algorithm>

#include "mime/bounce_phrase_table.h"
#include "mime/text/string_finder.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kMaxFound = 2000;

struct Phrase {
  PhraseKind kind;
  std::size_t size;
};

// The phrases of the table, and an automaton that finds them.
class Phrases {
 public:
  explicit Phrases(bool subjects) : finder_(Texts(subjects)) {
    for (const PhraseRow& row : PhraseRows()) {
      if ((row.kind == PhraseKind::kSubject) != subjects) continue;
      ForEach(row, [&](std::string_view text) {
        phrases_.push_back({row.kind, text.size()});
      });
    }
  }

  std::vector<FoundPhrase> Find(std::string_view folded,
                                std::size_t max) const {
    std::vector<FoundPhrase> found;
    for (const auto& [index, end] : finder_.FindAll(folded, max)) {
      const Phrase& phrase = phrases_[static_cast<std::size_t>(index)];
      found.push_back({phrase.kind, end - phrase.size, end});
    }
    return found;
  }

 private:
  template <class Visit>
  static void ForEach(const PhraseRow& row, Visit visit) {
    std::string_view rest = row.phrases;
    while (!rest.empty()) {
      const std::size_t size = std::min(rest.find('|'), rest.size());
      visit(rest.substr(0, size));
      rest.remove_prefix(std::min(size + 1, rest.size()));
    }
  }

  static std::vector<std::string> Texts(bool subjects) {
    std::vector<std::string> texts;
    for (const PhraseRow& row : PhraseRows()) {
      if ((row.kind == PhraseKind::kSubject) != subjects) continue;
      ForEach(row, [&](std::string_view text) { texts.emplace_back(text); });
    }
    return texts;
  }

  StringFinder finder_;
  std::vector<Phrase> phrases_;
};

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
  std::string folded(text);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const auto byte = static_cast<unsigned char>(folded[i]);
    if (byte < 0x80) {
      folded[i] = AsciiLower(folded[i]);
    } else if (byte >= 0xC3 && byte <= 0xD0 && i + 1 < folded.size()) {
      auto* pair = reinterpret_cast<unsigned char*>(folded.data() + i);
      FoldPair(pair, pair + 1);
      ++i;
    }
  }
  return folded;
}

std::vector<FoundPhrase> FindPhrases(std::string_view folded) {
  static const Phrases phrases(/*subjects=*/false);
  return phrases.Find(folded, kMaxFound);
}

bool IsBounceSubject(std::string_view folded) {
  static const Phrases subjects(/*subjects=*/true);
  return !subjects.Find(folded, 1).empty();
}

}  // namespace postbounce
