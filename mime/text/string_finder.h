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
// ignored: Aho and Corasick's automaton, which takes linear time whatever the
// text. Immutable and thread-safe.
class StringFinder {
 public:
  // `strings` are in lower case, none empty. Memory grows with their total
  // size.
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
  // A state stands for the longest prefix of any string that the text so far
  // ends with. State 0 is the empty one.
  using State = std::uint32_t;

  struct Node {
    State base = 0;     // cells_[base + class] may be how it goes on
    State shorter = 0;  // that of the next shorter such prefix
    State output = 0;   // the longest of all these that is a whole string
  };
  // The shortest prefixes, which texts are full of, have a table each. All
  // others share one array, since few of them go on in more than one way, and
  // so many tables would not fit any cache.
  static constexpr State kTableStates = 512;
  struct Cell {
    State owner = 0;
    State next = 0;
  };
  struct Trie;

  void MakeClasses(std::span<const std::string> strings);
  void AddNodes(const Trie& trie);
  State PlaceCells(State owner, std::span<const std::uint8_t> classes);
  State Step(State state, char c) const;
  State StepByClass(State state, std::uint8_t byte_class) const;

  // Each byte that occurs in a string is a class of its own; 0 are all others.
  std::array<std::uint8_t, 256> class_of_{};
  std::size_t class_count_ = 1;
  std::vector<Node> nodes_;  // shorter prefixes before longer ones
  std::vector<Cell> cells_;
  std::vector<State> table_;               // by state and class
  std::size_t first_free_ = 0;             // of the cells
  std::vector<std::vector<int>> strings_;  // those that a state is
};

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_STRING_FINDER_H_
