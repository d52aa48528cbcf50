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

}  // namespace

std::vector<FoundPhrase> FindPhrases(std::string_view folded) {
  static const Phrases phrases(/*subjects=*/false);
  return phrases.Find(folded, kMaxFound);
}

bool IsBounceSubject(std::string_view folded) {
  static const Phrases subjects(/*subjects=*/true);
  return !subjects.Find(folded, 1).empty();
}

}  // namespace postbounce
