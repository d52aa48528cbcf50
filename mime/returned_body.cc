#include "mime/returned_body.h"

#include <algorithm>
#include <optional>
#include <string>

#include "mime/bounce_text.h"

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

// The body of a message that is pasted into the text of a bounce, where that
// text was sent as it is and in one part.
ByteRange FindPastedBody(const Message& message, const Outline& outline) {
  if (outline.texts.size() != 1) return {};
  const Part& text = message.parts[outline.texts[0]];
  const std::optional<std::size_t> begin = message.OffsetOf(text);
  if (text.is_encoded() || !begin) return {};
  return {*begin + BounceText::ReturnedBody(text.raw_body),
          *begin + text.raw_body.size()};
}

ByteRange FindAttachedBody(const Message& message, std::size_t original,
                           std::string_view bytes) {
  const std::size_t inside = EntityInside(message, original);
  if (inside == kNoPart) return {};
  const std::optional<std::size_t> begin =
      message.OffsetOf(message.parts[inside]);
  if (!begin) return {};
  return {*begin, EndOf(message, original, bytes)};
}

}  // namespace

ByteRange FindReturnedBody(const Message& message, const Outline& outline,
                           bool is_report, std::string_view bytes) {
  ByteRange body;
  if (outline.original != kNoPart) {
    body = FindAttachedBody(message, outline.original, bytes);
  } else if (is_report) {
    body = FindPastedBody(message, outline);
  }
  return body.begin < body.end && body.end <= bytes.size() ? body : ByteRange();
}

std::string WithoutReturnedBody(std::string_view bytes,
                                const Reading& reading) {
  const ByteRange& body = reading.returned_body;
  std::string kept(bytes.substr(0, body.begin));
  return kept.append(bytes.substr(body.end));
}

}  // namespace postbounce
