#include <optional>
#include <string>

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

}  // namespace

std::string WithoutReturnedBody(std::string_view bytes) {
  const Message message = Message::Parse(bytes);
  const Outline outline = MakeOutline(message, 0);
  std::string whole(bytes);
  if (outline.original == kNoPart) return whole;
  const std::size_t inside = EntityInside(message, outline.original);
  if (inside == kNoPart) return whole;
  const std::optional<std::size_t> begin =
      message.OffsetOf(message.parts[inside]);
  if (!begin || *begin > whole.size()) return whole;

  const std::size_t around = MultipartAround(message, outline.original);
  std::size_t end = whole.size();
  if (around != kNoPart) {
    const std::string_view boundary =
        message.parts[around].type.Parameter("boundary");
    const std::size_t found =
        whole.find("\n--" + std::string(boundary), *begin - 1);
    if (found != whole.npos) end = found + 1;
  }
  if (end <= *begin) return whole;
  return whole.substr(0, *begin) + whole.substr(end);
}

}  // namespace postbounce
