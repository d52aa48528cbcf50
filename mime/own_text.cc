#include "mime/own_text.h"

#include <optional>

#include "mime/charset.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kTextSize = 64u << 10;

// The part's text in UTF-8 with LF line ends.
std::string TextOf(const Part& part) {
  // Base64 and multi-byte charsets shrink; what is cut is never looked at.
  constexpr std::size_t kRawSize = 4 * kTextSize;
  const std::string bytes = part.Body(kRawSize);
  const std::string_view charset = part.type.Parameter("charset");
  std::optional<std::string> text;
  if (!charset.empty()) text = ConvertToUtf8(bytes, charset);
  if (!text) text = ToUtf8(bytes);

  if (text->find('\r') == text->npos) return *std::move(text);
  std::string lines;
  lines.reserve(text->size());
  for (std::size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (c != '\r') {
      lines += c;
    } else if (i + 1 == text->size() || (*text)[i + 1] != '\n') {
      lines += '\n';
    }
  }
  return lines;
}

void Append(std::string_view text, std::string* all) {
  if (all->size() >= kTextSize) return;
  all->append(Clip(text, kTextSize - all->size())).append("\n");
}

}  // namespace

std::string ReadOwnText(const Message& message,
                        std::span<const std::size_t> parts) {
  std::string all;
  for (const std::string_view subtype : {"plain", "html"}) {
    for (const std::size_t index : parts) {
      const Part& part = message.parts[index];
      const bool html = part.type.Is("text", "html");
      if (html != (subtype == "html")) continue;
      const std::string text = TextOf(part);
      // Some call their plain text HTML.
      const bool tagged = html && text.find("</") != text.npos;
      Append(tagged ? HtmlToText(text) : text, &all);
    }
    if (!Trim(all).empty()) break;
  }
  return all;
}

}  // namespace postbounce
