#include "maillog/log_line.h"

#include <algorithm>
#include <array>

#include "maillog/scan.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::string_view kPostfixName = "postfix";
// How much of a line that cannot be read is looked at to say whose it is.
constexpr std::size_t kHeadSize = 128;

constexpr std::array<std::string_view, 38> kPrograms = {
    "smtp",     "smtpd",     "qmgr",           "cleanup",        "pickup",
    "bounce",   "lmtp",      "local",          "virtual",        "pipe",
    "error",    "discard",   "verify",         "anvil",          "dnsblog",
    "flush",    "master",    "nqmgr",          "oqmgr",          "postalias",
    "postdrop", "postfix",   "postlog",        "postfix-script", "postlogd",
    "postmap",  "postqueue", "postsuper",      "postscreen",     "proxymap",
    "qmqpd",    "scache",    "sendmail",       "showq",          "spawn",
    "tlsmgr",   "tlsproxy",  "trivial-rewrite"};

// Takes "<22>" or "<22>1 " off the front if it is there.
void SkipPriority(std::string_view* rest) {
  if (!rest->starts_with('<')) return;
  std::string_view text = *rest;
  if (!TakeChar(&text, '<') || !TakeNumber(&text, 3) || !TakeChar(&text, '>')) {
    return;
  }
  TakePrefix(&text, "1 ");
  *rest = text;
}

// Takes structured data of RFC 5424 off the front: "-", or
// "[id name="value"][id]", where values escape with a backslash.
bool SkipStructuredData(std::string_view* rest) {
  if (TakeChar(rest, '-')) return true;
  if (!rest->starts_with('[')) return false;
  bool quoted = false;
  for (std::size_t i = 0; i < rest->size(); ++i) {
    const char c = (*rest)[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ']' && !quoted &&
               (i + 1 == rest->size() || (*rest)[i + 1] != '[')) {
      rest->remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

// "21260 - -  TEXT": what RFC 5424 has behind the name. The second blank is
// rsyslog's, which keeps the one behind the tag.
LineKind SplitAfterName(std::string_view rest, LogLine* line) {
  std::string_view ignored;
  if (!TakeUntil<' '>(&rest, &ignored) || !TakeUntil<' '>(&rest, &ignored) ||
      !SkipStructuredData(&rest) || !TakeChar(&rest, ' ')) {
    return LineKind::kBad;
  }
  TakeChar(&rest, ' ');
  TakePrefix(&rest, "\xEF\xBB\xBF");
  line->text = rest;
  return LineKind::kPostfix;
}

// Fills name and program from "postfix/smtp", whose last slash is at `slash`.
bool SetTag(std::string_view tag, std::size_t slash, LogLine* line) {
  const bool is_named = tag.starts_with(kPostfixName);
  if (slash == std::string_view::npos) {
    if (!is_named) return false;
    line->syslog_name = tag;
    line->program = {};
    return true;
  }
  const std::string_view program = tag.substr(slash + 1);
  if (!is_named && std::find(kPrograms.begin(), kPrograms.end(), program) ==
                       kPrograms.end()) {
    return false;
  }
  line->syslog_name = tag.substr(0, slash);
  line->program = program;
  return true;
}

// "postfix/smtp[218]: TEXT", or what RFC 5424 has there.
LineKind SplitBehindHost(std::string_view text, LogLine* line) {
  std::size_t size = text.starts_with(kPostfixName) ? kPostfixName.size() : 0;
  std::size_t slash = std::string_view::npos;
  for (; size < text.size(); ++size) {
    const char c = text[size];
    if (c > '[') continue;  // most are small letters
    if (c == '/') slash = size;
    if (c == '[' || c == ' ' || c == ':') break;
  }
  if (!SetTag(text.substr(0, size), slash, line)) return LineKind::kOther;
  text.remove_prefix(size);
  if (TakeChar(&text, ' ')) return SplitAfterName(text, line);
  const std::size_t digits = TakeChar(&text, '[') ? DigitsOf(text) : 0;
  text.remove_prefix(digits);
  if (digits == 0 || !TakePrefix(&text, "]: ")) return LineKind::kBad;
  line->text = text;
  return LineKind::kPostfix;
}

// Whether a line whose beginning cannot be read may be Postfix's.
bool LooksLikePostfix(std::string_view text) {
  std::string_view head = text.substr(0, kHeadSize);
  while (!head.empty()) {
    const std::size_t blank = head.find(' ');
    const std::string_view word = head.substr(0, blank);
    LogLine ignored;
    if (SplitTag(word.substr(0, word.find('[')), &ignored)) return true;
    if (blank == std::string_view::npos) return false;
    head.remove_prefix(blank + 1);
  }
  return false;
}

}  // namespace

LineKind SplitLogLine(std::string_view text, StampReader* stamps,
                      LogLine* line) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  std::string_view rest = text;
  SkipPriority(&rest);
  if (!stamps->Take(&rest, &line->time)) {
    return LooksLikePostfix(text) ? LineKind::kBad : LineKind::kOther;
  }
  line->host = rest.substr(0, FindAny<' '>(rest));
  if (line->host.ends_with("]:")) {
    line->host = {};  // that is the tag
  } else {
    rest.remove_prefix(std::min(line->host.size() + 1, rest.size()));
  }
  const LineKind kind = SplitBehindHost(rest, line);
  // Other programs may write any time.
  if (kind == LineKind::kPostfix) stamps->Keep();
  return kind;
}

LineKind SplitTagged(std::string_view text, LogLine* line) {
  const std::size_t size = FindAny<'[', ' ', ':'>(text);
  if (size == text.size() || text[size] != '[') return LineKind::kOther;
  return SplitBehindHost(text, line);
}

bool SplitTag(std::string_view tag, LogLine* line) {
  return SetTag(tag, tag.rfind('/'), line);
}

}  // namespace postbounce
