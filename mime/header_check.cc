#include "mime/header_check.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

std::string_view View(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

char* FindByte(char* begin, char* end, char byte) {
  void* found = std::memchr(begin, byte, static_cast<std::size_t>(end - begin));
  return found == nullptr ? end : static_cast<char*>(found);
}

bool IsFromLine(std::string_view line) {
  return line.starts_with("From ") || line.starts_with(">From ");
}

// A field that stands in the header of nearly every mail.
bool IsCommonField(std::string_view line) {
  constexpr std::array<std::string_view, 14> kNames = {
      "received",   "from",        "to",           "subject",     "date",
      "message-id", "x-",          "content-type", "sender",      "reply-to",
      "cc",         "return-path", "content-",     "mime-version"};
  const std::string_view name = line.substr(0, FieldNameSize(line));
  if (name.empty()) return false;
  return std::any_of(kNames.begin(), kNames.end(), [&](std::string_view one) {
    return one.ends_with('-') ? StartsWithIgnoringCase(name, one)
                              : EqualsIgnoringCase(name, one);
  });
}

// One pass over one header block.
class Block {
 public:
  Block(char* begin, char* end) : begin_(begin), line_(begin), end_(end) {
    check_.fields.reserve(16);
  }

  HeaderCheck Check() {
    // Each turn goes one line on, within limits::kHeaderBlock.
    while (line_ < end_) {
      const std::size_t seen = static_cast<std::size_t>(line_ - begin_);
      const std::size_t allowed = std::min(
          limits::kHeaderBlock - seen, static_cast<std::size_t>(end_ - line_));
      char* line_end = FindByte(line_, line_ + allowed, '\n');
      if (line_end == line_ + allowed && line_end < end_) {
        next_ = line_end;
        if (line_ == begin_) AddLine(line_end);
        return Cut(line_ == begin_ ? line_end : line_);
      }
      char* text_end = line_end;
      while (text_end > line_ && text_end[-1] == '\r') --text_end;
      next_ = std::min(line_end + 1, end_);
      if (text_end == line_) return Finish(next_);
      if (!AddLine(text_end)) return Finish(line_);
      if (check_.fields.size() > limits::kHeaderFields) {
        check_.fields.pop_back();
        return Cut(line_);
      }
      line_ = next_;
    }
    return Finish(end_);
  }

 private:
  HeaderCheck Cut(char* where) {
    check_.cut = where;
    return Finish(where);
  }

  HeaderCheck Finish(char* next) {
    check_.next = next;
    if (MendBytes(next)) {
      for (Field& field : check_.fields) field.value = Trim(field.value);
    }
    return std::move(check_);
  }

  // False where the body begins.
  bool AddLine(char* text_end) {
    const std::string_view line = View(line_, text_end);
    if (IsBlank(*line_) || IsLostParameter(line)) return Continue(line);
    const std::size_t size = FieldNameSize(line);
    if (size > 0) {
      const std::size_t colon = line.find(':', size);
      check_.fields.push_back(
          {line.substr(0, size), Trim(line.substr(colon + 1))});
      return true;
    }
    if (line[0] == ':' || IsFromLine(line)) return true;  // of no use
    return IsCommonField(View(next_, end_).substr(0, 100)) && Continue(line);
  }

  // Unfolds in place: each value ends before the line looked at begins.
  bool Continue(std::string_view line) {
    if (check_.fields.empty()) return false;
    const std::string_view more = Trim(line);
    if (more.empty()) return true;
    std::string_view& value = check_.fields.back().value;
    char* begin = begin_ + (value.data() - begin_);
    char* at = begin + value.size();
    if (!value.empty()) *at++ = ' ';
    std::memmove(at, more.data(), more.size());
    value = View(begin, at + more.size());
    return true;
  }

  // Some versions of Exchange write `boundary="..."` at the start of a line.
  bool IsLostParameter(std::string_view line) const {
    if (check_.fields.empty() || !check_.fields.back().value.ends_with(';')) {
      return false;
    }
    const std::size_t sign = line.find_first_of("=:");
    return sign != line.npos && line[sign] == '=';
  }

  // What is left of CRs are line ends: of "\r\r\n" the last two.
  bool MendBytes(char* end) {
    bool mended = false;
    for (char* at = FindByte(begin_, end, '\0'); at < end;
         at = FindByte(at + 1, end, '\0')) {
      *at = ' ';
      mended = true;
    }
    for (char* at = FindByte(begin_, end, '\r'); at < end;
         at = FindByte(at + 1, end, '\r')) {
      if (at + 1 < end && at[1] == '\n') continue;
      *at = ' ';
      mended = true;
    }
    return mended;
  }

  char* const begin_;
  char* line_;  // the one looked at
  char* const end_;
  char* next_ = nullptr;  // the line behind it
  HeaderCheck check_;
};

}  // namespace

HeaderCheck CheckHeader(char* begin, char* end) {
  return Block(begin, end).Check();
}

char* SkipToHeader(char* begin, char* end) {
  char* const limit = begin + std::min(static_cast<std::size_t>(end - begin),
                                       limits::kHeaderBlock);
  bool behind_from = false;
  char* header = begin;
  // Each turn goes one line on.
  for (char* line = begin; line < limit;) {
    char* line_end = FindByte(line, limit, '\n');
    const std::string_view text = View(line, line_end);
    const bool from = IsFromLine(text);
    if (!from && !Trim(text).empty()) {
      // Of a message without a header, the empty lines belong to the body.
      return behind_from || FieldNameSize(text) > 0 ? line : header;
    }
    line = std::min(line_end + 1, limit);
    if (from) header = line;
    behind_from = from;
  }
  return header;
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
