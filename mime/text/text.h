#ifndef POSTBOUNCE_MIME_TEXT_TEXT_H_
#define POSTBOUNCE_MIME_TEXT_TEXT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Small helpers over bytes. Case and blanks are ASCII's alone; other bytes
// pass through unchanged. All are thread-safe, linear, and never throw but
// for memory.
namespace postbounce {

inline char AsciiLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
// Space, tab, CR or LF.
inline bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string ToLower(std::string_view text);
bool SameIgnoringCase(const char* a, const char* b, std::size_t size);
// Inline, since most comparisons of names end at the size.
inline bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && SameIgnoringCase(a.data(), b.data(), a.size());
}
bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix);

// `text` without blanks at both ends.
std::string_view Trim(std::string_view text);

// Takes the first line off `rest`: up to LF, CRLF or a bare CR, which is
// consumed and not returned. nullopt when `rest` is empty.
std::optional<std::string_view> TakeLine(std::string_view* rest);

// Takes a decimal number of at most `max_digits` digits off the front of
// `rest`. nullopt, and `rest` as it was, when there is none or it is longer.
std::optional<int> TakeNumber(std::string_view* rest, int max_digits = 6);

// Takes `c` off the front of `rest` if it is there.
inline bool TakeChar(std::string_view* rest, char c) {
  if (rest->empty() || rest->front() != c) return false;
  rest->remove_prefix(1);
  return true;
}

// Takes blanks and (nested (comments)) of RFC 5322 off the front of `rest`.
void SkipComments(std::string_view* rest);

// Cuts `text` to at most `max` bytes, at a UTF-8 character boundary.
std::string_view Clip(std::string_view text, std::size_t max);

// A peer's text made safe for a terminal, a log line or a report: at most
// `max` bytes of valid UTF-8 without control characters (C0, DEL, C1, bidi
// overrides, line separators). What is taken out becomes "?"; a cut is shown
// by "...".
std::string Printable(std::string_view text, std::size_t max);

bool IsValidUtf8(std::string_view text);
bool IsAscii(std::string_view text);

// `text` if it is valid UTF-8; else every byte of an invalid sequence is read
// as ISO 8859-1, so that no byte is lost. At most twice as long.
std::string ToUtf8(std::string_view text);

// Lower-case hexadecimal.
std::string Hex(std::string_view bytes);

}  // namespace postbounce

#endif  // POSTBOUNCE_MIME_TEXT_TEXT_H_
