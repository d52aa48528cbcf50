#include "mime/text/string_finder.h"

#include <algorithm>
#include <map>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

std::uint8_t ByteOf(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

// The strings as a tree, each node being a prefix.
struct StringFinder::Trie {
  struct Prefix {
    std::map<std::uint8_t, State> next;  // by class
    std::vector<int> strings;            // those that this prefix is
  };

  std::vector<Prefix> prefixes = std::vector<Prefix>(1);
};

StringFinder::StringFinder(std::span<const std::string> strings) {
  MakeClasses(strings);
  Trie trie;
  for (std::size_t i = 0; i < strings.size(); ++i) {
    State at = 0;
    for (const char c : strings[i]) {
      const auto fresh = static_cast<State>(trie.prefixes.size());
      const auto [found, added] =
          trie.prefixes[at].next.emplace(class_of_[ByteOf(c)], fresh);
      at = found->second;
      if (added) trie.prefixes.emplace_back();
    }
    trie.prefixes[at].strings.push_back(static_cast<int>(i));
  }
  AddNodes(trie);
}

void StringFinder::MakeClasses(std::span<const std::string> strings) {
  for (const std::string& string : strings) {
    for (const char c : string) {
      std::uint8_t& byte_class = class_of_[ByteOf(c)];
      if (byte_class != 0) continue;
      // Fewer than 256, since capital letters do not occur.
      byte_class = static_cast<std::uint8_t>(class_count_++);
    }
  }
  for (char c = 'A'; c <= 'Z'; ++c) {
    class_of_[ByteOf(c)] = class_of_[ByteOf(AsciiLower(c))];
  }
}

// Breadth first, so that shorter prefixes are complete before longer ones:
// where a string does not go on, the next shorter prefix may.
void StringFinder::AddNodes(const Trie& trie) {
  std::vector<State> queue = {0};  // in the trie; the index is the state
  nodes_.emplace_back();
  // No class may reach the first cells, so the search for a free one starts
  // behind them.
  cells_.resize(class_count_);
  first_free_ = class_count_;
  std::vector<std::uint8_t> classes;
  for (State state = 0; state < queue.size(); ++state) {
    const Trie::Prefix& prefix = trie.prefixes[queue[state]];
    strings_.push_back(prefix.strings);
    const State shorter = nodes_[state].shorter;
    nodes_[state].output =
        prefix.strings.empty() ? nodes_[shorter].output : state;
    if (state < kTableStates) {
      for (std::size_t i = 0; i < class_count_; ++i) {
        const auto byte_class = static_cast<std::uint8_t>(i);
        table_.push_back(state == 0 ? 0 : StepByClass(shorter, byte_class));
      }
    } else {
      classes.clear();
      for (const auto& next : prefix.next) classes.push_back(next.first);
      nodes_[state].base = PlaceCells(state, classes);
    }
    for (const auto& [byte_class, child] : prefix.next) {
      const auto next = static_cast<State>(queue.size());
      queue.push_back(child);
      nodes_.emplace_back().shorter =
          state == 0 ? 0 : StepByClass(shorter, byte_class);
      if (state < kTableStates) {
        table_[state * class_count_ + byte_class] = next;
      } else {
        cells_[nodes_[state].base + byte_class].next = next;
      }
    }
  }
}

// Finds a base for which the cells of these classes are free.
StringFinder::State StringFinder::PlaceCells(
    State owner, std::span<const std::uint8_t> classes) {
  if (classes.empty()) return 0;
  const auto is_free = [&](std::size_t base) {
    for (const std::uint8_t byte_class : classes) {
      const std::size_t cell = base + byte_class;
      if (cell < cells_.size() && cells_[cell].owner != 0) return false;
    }
    return true;
  };
  while (first_free_ < cells_.size() && cells_[first_free_].owner != 0) {
    ++first_free_;
  }
  std::size_t base = first_free_ - classes.front();
  while (!is_free(base)) ++base;
  // Any class may be looked for behind any base.
  cells_.resize(std::max(cells_.size(), base + class_count_));
  for (const std::uint8_t byte_class : classes) {
    cells_[base + byte_class].owner = owner;
  }
  return static_cast<State>(base);
}

StringFinder::State StringFinder::StepByClass(State state,
                                              std::uint8_t byte_class) const {
  // Each turn goes to a shorter prefix; each byte makes it longer by one.
  while (state >= kTableStates) {
    const Cell& cell = cells_[nodes_[state].base + byte_class];
    if (cell.owner == state) return cell.next;
    state = nodes_[state].shorter;
  }
  return table_[state * class_count_ + byte_class];
}

StringFinder::State StringFinder::Step(State state, char c) const {
  const std::uint8_t byte_class = class_of_[ByteOf(c)];
  return byte_class == 0 ? 0 : StepByClass(state, byte_class);
}

std::vector<int> StringFinder::Find(std::string_view text) const {
  std::vector<int> found;
  std::vector<bool> seen(nodes_.size());
  State state = 0;
  for (const char c : text) {
    state = Step(state, c);
    // Whatever else ends here was seen together with the first one that was.
    for (State end = nodes_[state].output; end != 0 && !seen[end];
         end = nodes_[nodes_[end].shorter].output) {
      seen[end] = true;
      found.insert(found.end(), strings_[end].begin(), strings_[end].end());
    }
  }
  return found;
}

std::vector<StringFinder::Occurrence> StringFinder::FindAll(
    std::string_view text, std::size_t max) const {
  std::vector<Occurrence> found;
  State state = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    state = Step(state, text[i]);
    for (State end = nodes_[state].output; end != 0;
         end = nodes_[nodes_[end].shorter].output) {
      for (const int string : strings_[end]) {
        if (found.size() == max) return found;
        found.push_back({string, i + 1});
      }
    }
  }
  return found;
}

}  // namespace postbounce
