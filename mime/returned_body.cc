#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "mime/bounce_text.h"
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

// Cuts the body off a message that is pasted into the text of a bounce, where
// that text was sent as it is and in one part.
std::string WithoutPastedBody(const Message& message, const Outline& outline,
                              std::string whole) {
  if (outline.texts.size() != 1) return whole;
  const Part& text = message.parts[outline.texts[0]];
  const std::optional<std::size_t> begin = message.OffsetOf(text);
  if (text.is_encoded() || !begin) return whole;
  const std::size_t body =
      *begin + BounceText::ReturnedBody(text.raw_body.substr(0, whole.size()));
  const std::size_t end = *begin + text.raw_body.size();
  if (end > whole.size() || body >= end) return whole;
  return whole.erase(body, end - body);
}

}  // namespace

std::string WithoutReturnedBody(std::string_view bytes) {
  const Message message = Message::Parse(bytes);
  Outline outline = MakeOutline(message, 0);
  bool is_report = true;
  if (outline.reports.empty()) {
    const ReadResult result = ReadMessage(message, {});
    outline = MakeOutline(message, result.root);
    is_report = result.reading.kind == MailKind::kDeliveryReport;
  }
  std::string whole(bytes);
  if (outline.original == kNoPart) {
    return is_report ? WithoutPastedBody(message, outline, std::move(whole))
                     : whole;
  }
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
