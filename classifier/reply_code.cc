#include "classifier/reply_code.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "classifier/enhanced_status.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// The value of the three digits at the start of `text`, if they are a reply
// code and end there.
std::optional<int> CodeAt(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  if (!IsDigit(text[0]) || !IsDigit(text[1]) || !IsDigit(text[2])) {
    return std::nullopt;
  }
  if (text[0] < '2' || text[0] > '5' || text[1] > '5') return std::nullopt;
  if (text.size() > 3 && !IsBlank(text[3]) &&
      std::string_view("-:,").find(text[3]) == std::string_view::npos) {
    return std::nullopt;
  }
  return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

// "550-text" and "550 5.1.1" are replies wherever they stand; "550 bytes" is
// not.
bool LooksLikeReply(std::string_view text) {
  if (text.size() < 4) return false;
  if (text[3] == '-') return true;
  const std::optional<EnhancedStatus> status =
      EnhancedStatus::FromField(text.substr(4));
  return status && status->status_class() == text[0] - '0';
}

// True if `word` ends in one of the words behind which MTAs quote a reply.
bool EndsInQuotingWord(std::string_view word) {
  constexpr std::array<std::string_view, 14> kWords = {
      "said",   "me",   "response", "responded", "reply",  "replied", "error",
      "server", "smtp", "message",  "was",       "status", "code",    "reason"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view end) {
    return word.size() >= end.size() &&
           EqualsIgnoringCase(word.substr(word.size() - end.size()), end);
  });
}

// True if `before` ends as what MTAs write before they quote a reply:
// "said: ", "RCPT TO:<a@b>: ", "-> ", "<<< ". "size: " is none of these.
bool QuotesReply(std::string_view before) {
  const std::string_view end = Trim(before);
  if (end.size() < 2) return end == "<" || end == ";";
  const char last = end.back();
  const char previous = end[end.size() - 2];
  if (last == '<' || last == ';') return true;
  if (last == '>') return previous == '-' || previous == '>';
  if (last != ':') return false;
  return previous == '>' || previous == ']' || previous == ')' ||
         EndsInQuotingWord(end.substr(0, end.size() - 1));
}

// The remote server's reply in sendmail's "554 <joe@example.org>... 550 Host
// unknown".
std::optional<int> QuotedBySendmail(std::string_view text) {
  const std::string_view rest =
      text.substr(std::min<std::size_t>(4, text.size()));
  if (!rest.starts_with('<')) return std::nullopt;
  const std::size_t dots = rest.find("... ");
  const std::size_t close = rest.find('>');
  if (dots == rest.npos || close != dots - 1) return std::nullopt;
  const std::optional<int> code = CodeAt(rest.substr(dots + 4));
  return code && *code >= 400 ? code : std::nullopt;
}

}  // namespace

Result<ReplyCode> ReplyCode::Parse(std::string_view text) {
  const std::optional<int> code = CodeAt(text);
  if (!code) return Error(ErrorCode::kSyntax, "not an SMTP reply code", text);
  return ReplyCode(*code);
}

std::optional<ReplyCode> ReplyCode::Find(std::string_view text) {
  for (std::size_t at = 0; at + 3 <= text.size(); ++at) {
    const char first = text[at];
    if (first < '2' || first > '5') continue;
    if (at > 0 && (IsDigit(text[at - 1]) || text[at - 1] == '.')) continue;
    const std::string_view rest = text.substr(at);
    const std::optional<int> code = CodeAt(rest);
    if (!code) continue;
    // Looking back a few bytes is enough, and keeps the search linear.
    constexpr std::size_t kLookBack = 16;
    const std::size_t from = at - std::min(at, kLookBack);
    const std::string_view before = text.substr(from, at - from);
    const bool first_word = from == 0 && Trim(before).empty();
    if (first_word) return ReplyCode(QuotedBySendmail(rest).value_or(*code));
    if (QuotesReply(before)) return ReplyCode(*code);
    const bool word = IsBlank(before.back()) || before.back() == '(';
    if (word && *code >= 400 && LooksLikeReply(rest)) return ReplyCode(*code);
  }
  return std::nullopt;
}

std::optional<ReplyCode> ReplyCode::Before(std::string_view text,
                                           std::size_t end) {
  constexpr std::size_t kBetween = 3;
  std::size_t at = end;
  while (at > 0 && end - at < kBetween &&
         std::string_view(" -'\"<(#:").find(text[at - 1]) !=
             std::string_view::npos) {
    --at;
  }
  if (at == end || at < 3) return std::nullopt;
  at -= 3;
  if (at > 0 && (IsDigit(text[at - 1]) || text[at - 1] == '.')) {
    return std::nullopt;
  }
  const std::optional<int> code = CodeAt(text.substr(at, 3));
  if (!code || *code < 400) return std::nullopt;
  return ReplyCode(*code);
}

}  // namespace postbounce
