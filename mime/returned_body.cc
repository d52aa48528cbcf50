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

// The text of a bounce, where it was sent as it is and in one part.
ByteRange FindText(const Message& message, const Outline& outline) {
  if (outline.texts.size() != 1) return {};
  const Part& text = message.parts[outline.texts[0]];
  const std::optional<std::size_t> begin = message.OffsetOf(text);
  if (text.is_encoded() || !begin) return {};
  return {*begin, *begin + text.raw_body.size()};
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

ByteRange Within(std::string_view bytes, const ByteRange& range) {
  return range.begin < range.end && range.end <= bytes.size() ? range
                                                              : ByteRange();
}

std::string Without(std::string_view bytes, const ByteRange& range) {
  return std::string(bytes.substr(0, range.begin))
      .append(bytes.substr(range.end));
}

}  // namespace

void FindReturnedBody(const Message& message, const Outline& outline,
                      std::string_view bytes, Reading* reading) {
  if (outline.original != kNoPart) {
    reading->returned_body =
        Within(bytes, FindAttachedBody(message, outline.original, bytes));
  } else if (reading->kind == MailKind::kDeliveryReport) {
    reading->text_around_returned = Within(bytes, FindText(message, outline));
  }
}

std::string WithoutReturnedBody(std::string_view bytes,
                                const Reading& reading) {
  const ByteRange& text = reading.text_around_returned;
  if (text.end == 0) return Without(bytes, reading.returned_body);
  const std::size_t body =
      BounceText::ReturnedBody(bytes.substr(text.begin, text.end - text.begin));
  return Without(bytes, {text.begin + body, text.end});
}

}  // namespace postbounce
