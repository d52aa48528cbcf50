#ifndef POSTBOUNCE_TESTS_MIME_MESSAGE_TREE_H_
#define POSTBOUNCE_TESTS_MIME_MESSAGE_TREE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "mime/message.h"

namespace postbounce {

// "multipart/mixed(text/plain text/plain)".
inline std::string Tree(const Message& message) {
  std::string tree;
  int depth = 0;
  for (const Part& part : message.parts) {
    if (part.depth > depth) tree += '(';
    for (; depth > part.depth; --depth) tree += ')';
    if (!tree.empty() && tree.back() != '(') tree += ' ';
    tree += part.type.type + "/" + part.type.subtype;
    depth = part.depth;
  }
  return tree.append(static_cast<std::size_t>(depth), ')');
}

inline std::string TreeOf(std::string_view bytes) {
  return Tree(Message::Parse(bytes));
}

}  // namespace postbounce

#endif  // POSTBOUNCE_TESTS_MIME_MESSAGE_TREE_H_
