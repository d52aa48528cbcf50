#include "mime/quoted_reply.h"

#include <algorithm>
#include <initializer_list>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kReasonText = 1000;
constexpr std::size_t kFront = 200;
constexpr std::size_t kHostName = 255;

bool IsDigitAt(std::string_view text, std::size_t i) {
  return i < text.size() && IsDigit(text[i]);
}

// "5.1.1" at `at`, ended by something that is no part of a number.
bool IsStatusAt(std::string_view text, std::size_t at) {
  if (at >= text.size() || (text[at] != '4' && text[at] != '5')) return false;
  std::size_t i = at + 1;
  for (int part = 0; part < 2; ++part) {
    if (i >= text.size() || text[i] != '.') return false;
    const std::size_t first = ++i;
    while (IsDigitAt(text, i)) ++i;
    if (i == first || i - first > 3) return false;
  }
  // "5.1.1.2" is an address or a version, "5.0.1." the end of a sentence.
  const bool goes_on = i < text.size() && text[i] == '.' &&
                       i + 1 < text.size() && !IsBlank(text[i + 1]);
  return !goes_on;
}

// "550 ", "550-", "550:", "550" at the end.
bool IsReplyAt(std::string_view text, std::size_t at) {
  if (at + 3 > text.size() || (text[at] != '4' && text[at] != '5') ||
      text[at + 1] < '0' || text[at + 1] > '7' || !IsDigit(text[at + 2])) {
    return false;
  }
  if (at + 3 == text.size()) return true;
  const char next = text[at + 3];
  return IsBlank(next) || next == '-' || next == ':' || next == ',' ||
         next == '#' || next == ';';
}

// A reply stands at the start of a line or behind a mark that announces it.
bool StartsBehindMark(std::string_view text, std::size_t at) {
  std::size_t i = at;
  bool line_start = true;
  while (i > 0 && IsBlank(text[i - 1])) {
    --i;
    if (text[i] == '\n') return true;
  }
  line_start = i == 0;
  if (line_start) return true;
  const char before = text[i - 1];
  if (std::string_view(":;'\"([<#|>-").find(before) != std::string_view::npos) {
    return before != '-' || i < 2 || text[i - 2] == '-' || IsBlank(text[i - 2]);
  }
  return false;
}

// Or behind a word that does, without a colon.
bool MayStartReply(std::string_view text, std::size_t at) {
  if (StartsBehindMark(text, at)) return true;
  constexpr std::size_t kLookBack = 24;
  const std::size_t from = at - std::min(at, kLookBack);
  const std::string_view front = Trim(text.substr(from, at - from));
  for (const std::string_view word :
       {"said", "code", "error", "returned", "response"}) {
    if (front.size() >= word.size() &&
        EqualsIgnoringCase(front.substr(front.size() - word.size()), word)) {
      return true;
    }
  }
  return false;
}

// A number that counts something is no reply: "550 bytes", "421 seconds".
bool CountsSomething(std::string_view text, std::size_t at) {
  const std::string_view next = text.substr(at + 3, 9);
  for (const std::string_view unit : {" byte", " kb", " mb", " second",
                                      " minute", " hour", " day", " attempt"}) {
    if (StartsWithIgnoringCase(next, unit)) return true;
  }
  return false;
}

bool IsHostChar(char c) {
  const char lower = AsciiLower(c);
  return IsDigit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '.' ||
         c == '_';
}

std::string_view HostAt(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '[' ||
                           text.front() == '<' || text.front() == ':')) {
    text.remove_prefix(1);
  }
  std::size_t size = 0;
  while (size < text.size() && size < kHostName && IsHostChar(text[size])) {
    ++size;
  }
  std::string_view host = text.substr(0, size);
  while (host.ends_with('.')) host.remove_suffix(1);
  return host.find('.') == host.npos ? std::string_view{} : host;
}

// The host in front of `at`: "mx.example.org [192.0.2.1] did not like".
std::string_view HostBefore(std::string_view text, std::size_t at) {
  std::string_view front = Trim(text.substr(0, at));
  if (front.ends_with(']') || front.ends_with(')')) {
    const std::size_t open = front.find_last_of("[(");
    if (open == front.npos) return {};
    front = Trim(front.substr(0, open));
  }
  std::size_t begin = front.size();
  while (begin > 0 && front.size() - begin < kHostName &&
         IsHostChar(front[begin - 1])) {
    --begin;
  }
  return HostAt(front.substr(begin));
}

std::string FoldBlanks(std::string_view text, std::size_t max) {
  std::string folded;
  bool blank = false;
  for (const char c : text) {
    if (folded.size() >= max) break;
    if (IsBlank(c)) {
      blank = !folded.empty();
      continue;
    }
    if (blank) folded += ' ';
    blank = false;
    folded += c;
  }
  folded.resize(Clip(folded, max).size());
  return folded;
}

// The part of `reply` inside the parenthesis or the quotes that `front` opens:
// "(reason: 550 no)", "said '550 no'", "(#5.1.1)".
std::string_view Enclosed(std::string_view front, std::string_view reply) {
  if (front.ends_with('\'') || front.ends_with('"')) {
    // Not the one in "user's".
    std::size_t close = reply.find(front.back());
    while (close != reply.npos && close + 1 < reply.size() &&
           AsciiLower(reply[close + 1]) >= 'a' &&
           AsciiLower(reply[close + 1]) <= 'z') {
      close = reply.find(front.back(), close + 1);
    }
    return reply.substr(0, close);
  }
  const std::size_t open = front.rfind('(');
  if (open == front.npos || front.find(')', open) != front.npos) return reply;
  int depth = 1;
  for (std::size_t i = 0; i < reply.size(); ++i) {
    if (reply[i] == '(') ++depth;
    if (reply[i] == ')' && --depth == 0) return reply.substr(0, i);
  }
  return reply;
}

}  // namespace

std::size_t FindReply(std::string_view text) {
  std::size_t status = text.npos;
  // find_first_of() is slow.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '4' && text[i] != '5') continue;
    if (i > 0 && (IsDigit(text[i - 1]) || text[i - 1] == '.')) continue;
    if (IsReplyAt(text, i) && MayStartReply(text, i) &&
        !CountsSomething(text, i)) {
      return std::min(i, status);
    }
    if (status == text.npos && IsStatusAt(text, i) &&
        StartsBehindMark(text, i)) {
      status = i;
    }
  }
  return status;
}

std::string ReasonText(std::string_view text) {
  const std::size_t begin = FindReply(text);
  if (begin == text.npos) return FoldBlanks(text, kReasonText);
  std::string_view front = Trim(text.substr(0, begin));
  if (front.size() > kFront) {
    // From the start of a line where that is near enough.
    const std::size_t cut = front.size() - kFront;
    const std::size_t line = front.find('\n', cut);
    const std::size_t word = front.find(' ', cut);
    front.remove_prefix(std::min({line, word, front.size()}));
  }
  std::string reason =
      FoldBlanks(Enclosed(front, text.substr(begin)), kReasonText - kFront);
  while (!front.empty() && (IsBlank(front.back()) ||
                            std::string_view(":('\"[<#-").find(front.back()) !=
                                std::string_view::npos)) {
    front.remove_suffix(1);
  }
  if (front.starts_with('(') && front.find(')') == front.npos) {
    front.remove_prefix(1);
  }
  const std::string context = ToUtf8(FoldBlanks(front, kFront));
  if (!context.empty()) reason += " (" + context + ")";
  return reason;
}

std::string_view FindRemoteHost(std::string_view text) {
  for (const std::string_view before :
       {"talking to ", "host ", "Host ", "Server ", "server ", "Connected to ",
        "by ", "Mailer ", "host: "}) {
    for (std::size_t at = text.find(before); at != text.npos;
         at = text.find(before, at + before.size())) {
      if (at > 0 && !IsBlank(text[at - 1]) && text[at - 1] != '(') continue;
      const std::string_view host = HostAt(text.substr(at + before.size()));
      if (!host.empty()) return host;
    }
  }
  for (const std::string_view behind :
       {" did not like", " does not like", " said", " failed after",
        " rejected "}) {
    const std::size_t at = text.find(behind);
    if (at == text.npos) continue;
    const std::string_view host = HostBefore(text, at);
    if (!host.empty()) return host;
  }
  return {};
}

}  // namespace postbounce
