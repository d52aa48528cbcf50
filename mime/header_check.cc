#include "mime/header_check.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::string_view kRfc822 = "message/rfc822";
constexpr std::string_view kGlobal = "message/global";
static_assert(kRfc822.size() == kGlobal.size());

std::string_view View(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

char* FindByte(char* begin, char* end, char byte) {
  void* found = std::memchr(begin, byte, static_cast<std::size_t>(end - begin));
  return found == nullptr ? end : static_cast<char*>(found);
}

bool Contains(std::string_view text, std::string_view lower_case) {
  return std::search(
             text.begin(), text.end(), lower_case.begin(), lower_case.end(),
             [](char a, char b) { return AsciiLower(a) == b; }) != text.end();
}

bool IsField(std::string_view line, std::string_view name) {
  if (!StartsWithIgnoringCase(line, name)) return false;
  line.remove_prefix(name.size());
  while (line.starts_with(' ') || line.starts_with('\t')) {
    line.remove_prefix(1);
  }
  return line.starts_with(':');
}

// One pass over one header block.
class Block {
 public:
  Block(char* begin, char* end) : begin_(begin), line_(begin), end_(end) {}

  HeaderCheck Check() {
    std::size_t fields = 0;
    // Each turn goes one line on, within limits::kHeaderBlock.
    while (line_ < end_) {
      const std::size_t seen = static_cast<std::size_t>(line_ - begin_);
      const std::size_t allowed = std::min(
          limits::kHeaderBlock - seen, static_cast<std::size_t>(end_ - line_));
      char* line_end = FindByte(line_, line_ + allowed, '\n');
      if (line_end == line_ + allowed && line_end < end_) {
        return Cut(line_ == begin_ ? line_end : line_);
      }
      char* text_end = line_end;
      while (text_end > line_ && text_end[-1] == '\r') --text_end;
      if (text_end == line_) return Finish(std::min(line_end + 1, end_));
      if (!IsBlank(*line_) && !JoinParameter(text_end) &&
          ++fields > limits::kHeaderFields) {
        return Cut(line_);
      }
      NoteField(text_end);
      previous_end_ = text_end;
      line_ = std::min(line_end + 1, end_);
    }
    return Finish(end_);
  }

 private:
  HeaderCheck Cut(char* where) {
    MendBytes(where);
    HeaderCheck check = Finish(where);
    check.cut = where;
    return check;
  }

  HeaderCheck Finish(char* next) {
    HeaderCheck check;
    check.next = next;
    MendBytes(line_);
    if (content_type_ == nullptr) return check;
    MendMessageType();
    check.content_type = View(content_type_, content_type_end_);
    check.may_hold_message = Contains(check.content_type, "rfc822") &&
                             !Contains(check.content_type, "rfc822-headers");
    return check;
  }

  // Some versions of Exchange write `boundary="..."` at the start of a line.
  bool JoinParameter(char* text_end) {
    joined_ = false;
    if (previous_end_ == nullptr || previous_end_[-1] != ';') return false;
    const std::string_view line = View(line_, text_end);
    const std::size_t sign = line.find_first_of("=:");
    if (sign == line.npos || line[sign] == ':') return false;
    std::fill(previous_end_, line_, ' ');
    joined_ = true;
    return true;
  }

  // What is left of CRs are line ends: of "\r\r\n" the last two.
  void MendBytes(char* end) {
    for (char* at = FindByte(begin_, end, '\0'); at < end;
         at = FindByte(at + 1, end, '\0')) {
      *at = ' ';
    }
    for (char* at = FindByte(begin_, end, '\r'); at < end;
         at = FindByte(at + 1, end, '\r')) {
      if (at + 1 == end || at[1] != '\n') *at = ' ';
    }
  }

  // Notes where the fields of interest lie, continuation lines included.
  void NoteField(char* text_end) {
    const std::string_view line = View(line_, text_end);
    if (!IsBlank(*line_) && !joined_) {
      current_end_ = nullptr;
      if (AsciiLower(*line_) != 'c') return;
      if (content_type_ == nullptr && IsField(line, "content-type")) {
        content_type_ = FindByte(line_, text_end, ':') + 1;
        current_end_ = &content_type_end_;
      } else if (encoding_ == nullptr &&
                 IsField(line, "content-transfer-encoding")) {
        encoding_ = line_;
        current_end_ = &encoding_end_;
      }
    }
    if (current_end_ != nullptr) *current_end_ = text_end;
  }

  void MendMessageType() {
    char* value = content_type_;
    while (value < content_type_end_ && IsBlank(*value)) ++value;
    const std::string_view text = View(value, content_type_end_);
    const bool rfc822 = StartsWithIgnoringCase(text, kRfc822);
    if (!rfc822 && !StartsWithIgnoringCase(text, kGlobal)) return;
    // message/global-headers and the like are other types.
    const std::string_view rest = text.substr(kRfc822.size());
    if (!rest.empty() && rest[0] != ';' && !IsBlank(rest[0])) return;
    const std::string_view wanted = is_encoded() ? kGlobal : kRfc822;
    std::copy(wanted.begin(), wanted.end(), value);
  }

  bool is_encoded() const {
    if (encoding_ == nullptr) return false;
    const std::string_view field = View(encoding_, encoding_end_);
    return Contains(field, "base64") || Contains(field, "quoted-printable");
  }

  char* const begin_;
  char* line_;  // the one looked at
  char* const end_;
  bool joined_ = false;           // by JoinParameter(), to the line before
  char* previous_end_ = nullptr;  // of the line before, without its line end
  char** current_end_ = nullptr;  // of the field of interest that goes on
  char* content_type_ = nullptr;
  char* content_type_end_ = nullptr;
  char* encoding_ = nullptr;
  char* encoding_end_ = nullptr;
};

}  // namespace

HeaderCheck CheckHeader(char* begin, char* end) {
  return Block(begin, end).Check();
}

void MendBareCr(char* begin, char* end) {
  const std::size_t size =
      std::min(static_cast<std::size_t>(end - begin), limits::kHeaderBlock);
  char* first_lf = FindByte(begin, begin + size, '\n');
  const bool has_lf = first_lf < begin + size;
  while (has_lf && first_lf > begin && first_lf[-1] == '\r') --first_lf;
  char* cr = FindByte(begin, first_lf, '\r');
  if (cr == first_lf) return;
  // One CR in a first line that ends with LF is a slip of the sender.
  if (has_lf && FindByte(cr + 1, first_lf, '\r') == first_lf) return;
  for (; cr < end; cr = FindByte(cr + 1, end, '\r')) {
    if (cr + 1 == end || cr[1] != '\n') *cr = '\n';
  }
}

}  // namespace postbounce
