#ifndef POSTBOUNCE_MIME_OUTLINE_H_
#define POSTBOUNCE_MIME_OUTLINE_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "mime/message.h"

namespace postbounce {

inline constexpr std::size_t kNoPart = static_cast<std::size_t>(-1);

// Where the parts that matter of one mail are, as indexes of Message::parts.
// None of them lies inside a message that the mail quotes.
struct Outline {
  std::size_t root = 0;              // the mail itself
  std::vector<std::size_t> reports;  // typed as delivery reports
  std::vector<std::size_t> texts;
  // Leaves of a type that programs give to what they do not know, and JSON.
  std::vector<std::size_t> unknown;
  std::size_t complaint = kNoPart;
  // The returned message or its header: the first one behind a report or
  // complaint, or else the first one at all.
  std::size_t original = kNoPart;
  bool has_disposition = false;  // RFC 8098
};

// `root` is 0 for the whole mail, or an entity inside a message/rfc822 part for
// that message alone. Linear.
Outline MakeOutline(const Message& message, std::size_t root);

// The entity inside the message/* part at `index`, or kNoPart when it was not
// read as parts of its own.
std::size_t EntityInside(const Message& message, std::size_t index);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_OUTLINE_H_
