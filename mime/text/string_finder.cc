#include "mime/text/string_finder.h"

#include "mime/text/text.h"

namespace postbounce {
namespace {

std::uint8_t ByteOf(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

StringFinder::StringFinder(std::span<const std::string> strings) {
  MakeClasses(strings);
  nodes_.emplace_back();
  next_.resize(class_count_);
  for (std::size_t i = 0; i < strings.size(); ++i) {
    AddString(strings[i], static_cast<int>(i));
  }
  LinkNodes();
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

void StringFinder::AddString(std::string_view string, int index) {
  State state = 0;
  for (const char c : string) {
    const std::size_t byte_class = class_of_[ByteOf(c)];
    if (Next(state, byte_class) == 0) {
      Next(state, byte_class) = static_cast<State>(nodes_.size());
      nodes_.emplace_back();
      next_.resize(next_.size() + class_count_);
    }
    state = Next(state, byte_class);
  }
  nodes_[state].strings.push_back(index);
}

// Breadth first, so that shorter prefixes are complete before longer ones:
// where a string does not go on, the next shorter prefix may.
void StringFinder::LinkNodes() {
  std::vector<State> queue = {0};
  for (std::size_t head = 0; head < queue.size(); ++head) {
    const State state = queue[head];
    const State shorter = nodes_[state].shorter;
    nodes_[state].output =
        nodes_[shorter].strings.empty() ? nodes_[shorter].output : shorter;
    for (std::size_t i = 0; i < class_count_; ++i) {
      const State fallback = state == 0 ? 0 : Next(shorter, i);
      State& next = Next(state, i);
      if (next == 0) {
        next = fallback;
      } else {
        nodes_[next].shorter = fallback;
        queue.push_back(next);
      }
    }
  }
}

std::vector<int> StringFinder::Find(std::string_view text) const {
  std::vector<int> found;
  std::vector<bool> seen(nodes_.size());
  State state = 0;
  for (const char c : text) {
    state = next_[state * class_count_ + class_of_[ByteOf(c)]];
    // Whatever else ends here was seen together with the first one that was.
    State end = nodes_[state].strings.empty() ? nodes_[state].output : state;
    for (; end != 0 && !seen[end]; end = nodes_[end].output) {
      seen[end] = true;
      found.insert(found.end(), nodes_[end].strings.begin(),
                   nodes_[end].strings.end());
    }
  }
  return found;
}

std::vector<StringFinder::Occurrence> StringFinder::FindAll(
    std::string_view text, std::size_t max) const {
  std::vector<Occurrence> found;
  State state = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    state = next_[state * class_count_ + class_of_[ByteOf(text[i])]];
    State end = nodes_[state].strings.empty() ? nodes_[state].output : state;
    for (; end != 0; end = nodes_[end].output) {
      for (const int string : nodes_[end].strings) {
        if (found.size() == max) return found;
        found.push_back({string, i + 1});
      }
    }
  }
  return found;
}

}  // namespace postbounce
