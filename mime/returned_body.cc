#include <algorithm>
#include <optional>
#include <string>

#include "mime/mail_reader.h"
#include "mime/outline.h"
#include "mime/reading.h"

namespace postbounce {
namespace {

// The nearest multipart around the part at `index`, or kNoPart.
std::size_t MultipartAround(const Message& message, std::size_t index) {
  int parent = message.parts[index].parent;
  while (parent >= 0) {
    const Part& part = message.parts[static_cast<std::size_t>(parent)];
    if (part.type.type == "multipart") return static_cast<std::size_t>(parent);
    parent = part.parent;
  }
  return kNoPart;
}

// Where the message inside the part at `index` ends in `bytes`: at the next
// boundary around it, or behind the last of its parts.
std::size_t EndOf(const Message& message, std::size_t index,
                  std::string_view bytes) {
  std::size_t end = 0;
  for (std::size_t i = index + 1; i < message.parts.size(); ++i) {
    const Part& part = message.parts[i];
    if (part.depth <= message.parts[index].depth) break;
    const std::optional<std::size_t> begin = message.OffsetOf(part);
    if (begin) end = std::max(end, *begin + part.raw_body.size());
  }
  end = std::min(end, bytes.size());
  const std::size_t around = MultipartAround(message, index);
  if (around == kNoPart) return bytes.size();
  const std::string delimiter =
      "\n--" + std::string(message.parts[around].type.Parameter("boundary"));
  const std::size_t found = bytes.find(delimiter, end == 0 ? 0 : end - 1);
  return found == bytes.npos ? end : found + 1;
}

}  // namespace

std::string WithoutReturnedBody(std::string_view bytes) {
  const Message message = Message::Parse(bytes);
  Outline outline = MakeOutline(message, 0);
  if (outline.reports.empty()) {
    outline = MakeOutline(message, ReadMessage(message, {}).root);
  }
  std::string whole(bytes);
  if (outline.original == kNoPart) return whole;
  const std::size_t inside = EntityInside(message, outline.original);
  if (inside == kNoPart) return whole;
  const std::optional<std::size_t> begin =
      message.OffsetOf(message.parts[inside]);
  if (!begin || *begin > whole.size()) return whole;

  const std::size_t end = EndOf(message, outline.original, bytes);
  if (end <= *begin) return whole;
  return whole.substr(0, *begin) + whole.substr(end);
}

}  // namespace postbounce
