#ifndef POSTBOUNCE_MIME_TEXT_STRING_FINDER_H_
#define POSTBOUNCE_MIME_TEXT_STRING_FINDER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace postbounce {

// Tells which of many strings occur in a text, the case of ASCII letters
// ignored: Aho and Corasick's automaton, one look-up for each byte of the
// text, whatever the text. Immutable and thread-safe.
class StringFinder {
 public:
  // `strings` are in lower case, none empty. Memory grows with their total
  // size times the number of different bytes in them.
  explicit StringFinder(std::span<const std::string> strings);

  // The indexes of those that occur in `text`, each once, in no order.
  std::vector<int> Find(std::string_view text) const;

  // Where a string ends in a text.
  struct Occurrence {
    int string;
    std::size_t end;
  };
  // The occurrences in `text` in the order of their ends, the first `max` of
  // them.
  std::vector<Occurrence> FindAll(std::string_view text, std::size_t max) const;

 private:
  using State = std::uint32_t;

  // A state stands for the longest prefix of any string that the text so far
  // ends with. State 0 is the empty one.
  struct Node {
    State shorter = 0;         // that of the next shorter such prefix
    State output = 0;          // the longest of these that is a whole string
    std::vector<int> strings;  // those that this prefix is
  };

  void MakeClasses(std::span<const std::string> strings);
  void AddString(std::string_view string, int index);
  void LinkNodes();
  State& Next(State state, std::size_t byte_class) {
    return next_[state * class_count_ + byte_class];
  }

  // Each byte that occurs in a string is a class of its own; 0 are all others.
  std::array<std::uint8_t, 256> class_of_{};
  std::size_t class_count_ = 1;
  std::vector<State> next_;  // by state and class
  std::vector<Node> nodes_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_STRING_FINDER_H_
