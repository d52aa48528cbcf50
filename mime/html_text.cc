#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mime/own_text.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

struct Entity {
  std::string_view name;
  std::string_view text;
};

constexpr Entity kEntities[] = {
    {"lt", "<"},          {"gt", ">"},          {"amp", "&"},
    {"quot", "\""},       {"apos", "'"},        {"nbsp", " "},
    {"commat", "@"},      {"agrave", "\u00E0"}, {"aacute", "\u00E1"},
    {"acirc", "\u00E2"},  {"atilde", "\u00E3"}, {"auml", "\u00E4"},
    {"aring", "\u00E5"},  {"ccedil", "\u00E7"}, {"egrave", "\u00E8"},
    {"eacute", "\u00E9"}, {"ecirc", "\u00EA"},  {"iacute", "\u00ED"},
    {"ntilde", "\u00F1"}, {"oacute", "\u00F3"}, {"ocirc", "\u00F4"},
    {"otilde", "\u00F5"}, {"ouml", "\u00F6"},   {"oslash", "\u00F8"},
    {"uacute", "\u00FA"}, {"ugrave", "\u00F9"}, {"uuml", "\u00FC"},
    {"szlig", "\u00DF"},  {"Eacute", "\u00C9"}, {"Uuml", "\u00DC"},
    {"rsquo", "\u2019"},  {"lsquo", "\u2018"},  {"ndash", "\u2013"},
};

void AppendUtf8(std::uint32_t code, std::string* out) {
  if (code < 0x80) {
    *out += static_cast<char>(code);
  } else if (code < 0x800) {
    *out += static_cast<char>(0xC0 | code >> 6);
    *out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    *out += static_cast<char>(0xE0 | code >> 12);
    *out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    *out += static_cast<char>(0xF0 | code >> 18);
    *out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    *out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    *out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The character of "#233" or "#xE9".
std::optional<std::uint32_t> CodeOf(std::string_view name) {
  TakeChar(&name, '#');
  const bool hex = TakeChar(&name, 'x') || TakeChar(&name, 'X');
  if (name.empty() || name.size() > 7) return std::nullopt;
  std::uint32_t code = 0;
  for (const char c : name) {
    const char lower = AsciiLower(c);
    const bool letter = hex && lower >= 'a' && lower <= 'f';
    if (!IsDigit(c) && !letter) return std::nullopt;
    const int digit = letter ? lower - 'a' + 10 : c - '0';
    code = code * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
  }
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code == 0 || code > 0x10FFFF || surrogate) return std::nullopt;
  return code;
}

// Takes "&name;" off the front of `rest`, or the "&" alone.
void TakeEntity(std::string_view* rest, std::string* out) {
  const std::size_t end = rest->substr(0, 12).find(';');
  const std::string_view name =
      end == rest->npos ? std::string_view{} : rest->substr(1, end - 1);
  if (name.starts_with('#')) {
    if (const auto code = CodeOf(name)) {
      AppendUtf8(*code == 0xA0 ? ' ' : *code, out);
      rest->remove_prefix(end + 1);
      return;
    }
  }
  for (const Entity& entity : kEntities) {
    if (name != entity.name) continue;
    *out += entity.text;
    rest->remove_prefix(end + 1);
    return;
  }
  *out += '&';
  rest->remove_prefix(1);
}

// False for what stands inside of words and lines.
bool BreaksLine(std::string_view tag) {
  static constexpr std::array<std::string_view, 30> kInline = {
      "a",    "abbr",  "acronym", "b",      "bdo",  "big",   "cite", "code",
      "em",   "font",  "i",       "img",    "kbd",  "label", "mark", "s",
      "samp", "span",  "strong",  "sub",    "sup",  "tt",    "u",    "var",
      "wbr",  "title", "style",   "script", "html", "head"};
  for (const std::string_view name : kInline) {
    if (EqualsIgnoringCase(tag, name)) return false;
  }
  return true;
}

// Nested blocks leave no more than one empty line.
void BreakLine(std::string* out) {
  while (out->ends_with(' ')) out->pop_back();
  if (!out->ends_with("\n\n")) *out += '\n';
}

// Takes a tag off the front of `rest`, with what a script or style contains.
void TakeTag(std::string_view* rest, std::string* out) {
  const bool comment = rest->starts_with("<!--");
  const std::size_t end = comment ? rest->find("-->") : rest->find('>');
  if (end == rest->npos) {
    rest->remove_prefix(rest->size());
    return;
  }
  std::string_view tag = rest->substr(1, end - 1);
  // "<joe@example.org>", written by a mail system that knows no HTML.
  const bool is_address =
      tag.find('@') != tag.npos && tag.find(' ') == tag.npos;
  if (is_address) out->append(rest->substr(0, end + 1));
  rest->remove_prefix(end + (comment ? 3 : 1));
  if (comment) return;
  const bool closing = TakeChar(&tag, '/');
  const std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
  if (!is_address && BreaksLine(name)) BreakLine(out);
  if (closing) return;
  for (const std::string_view hidden : {"style", "script", "title"}) {
    if (!EqualsIgnoringCase(name, hidden)) continue;
    const std::size_t close = rest->find("</");
    rest->remove_prefix(std::min(close, rest->size()));
  }
}

}  // namespace

std::string HtmlToText(std::string_view html) {
  std::string text;
  std::string_view rest = html;
  while (!rest.empty()) {
    const char c = rest.front();
    if (c == '&') {
      TakeEntity(&rest, &text);
    } else if (c == '<' && rest.size() > 1 && rest[1] != ' ') {
      TakeTag(&rest, &text);
    } else {
      // White space of the source is no layout.
      text += IsBlank(c) ? ' ' : c;
      rest.remove_prefix(1);
    }
  }
  return text;
}

}  // namespace postbounce
