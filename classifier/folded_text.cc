#include "classifier/folded_text.h"

#include <algorithm>
#include <limits>

#include "classifier/enhanced_status.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// Offsets are kept in 16 bits; a repaired text is at most twice as long.
static_assert(2 * limits::kDiagnosticKept <=
              std::numeric_limits<std::uint16_t>::max());

bool IsSpace(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f;
}

// A table, since each byte of each diagnostic is looked up.
constexpr std::array<bool, 256> kDelimiters = [] {
  std::array<bool, 256> is_delimiter{};
  for (std::size_t byte = 0; byte <= 0x20; ++byte) is_delimiter[byte] = true;
  for (const char c : std::string_view("<>()[],;\"\x7f")) {
    is_delimiter[static_cast<unsigned char>(c)] = true;
  }
  return is_delimiter;
}();

bool IsDelimiter(char c) { return kDelimiters[static_cast<unsigned char>(c)]; }

bool IsDomainByte(char c) {
  const char lower = AsciiLower(c);
  return (lower >= 'a' && lower <= 'z') || IsDigit(c) || c == '.' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// Where a domain name that begins at `at` ends: at a byte that domains do not
// have, or at the punctuation of scripts that write no blanks.
std::size_t DomainEnd(std::string_view text, std::size_t at) {
  for (; at < text.size() && IsDomainByte(text[at]); ++at) {
    const std::string_view pair = text.substr(at, 2);
    // U+2000, U+3000, U+FF00 and what follows them.
    if (pair == "\xE2\x80" || pair == "\xE3\x80" || pair == "\xEF\xBC") break;
  }
  return at;
}

bool IsFailureCode(std::string_view text) {
  return text.size() >= 3 && (text[0] == '4' || text[0] == '5') &&
         IsDigit(text[1]) && IsDigit(text[2]);
}

}  // namespace

FoldedText::FoldedText(std::string_view diagnostic)
    : source_(Clip(diagnostic, limits::kDiagnosticKept)) {
  if (!IsValidUtf8(source_)) {
    repaired_ = ToUtf8(source_);
    source_ = repaired_;
  }
  text_.reserve(std::min(source_.size() + 1, limits::kRuleText));
  Fold();
}

std::string_view FoldedText::Original(std::size_t begin,
                                      std::size_t size) const {
  if (size == 0 || begin >= text_.size()) return {};
  const std::size_t last = std::min(begin + size, text_.size()) - 1;
  return source_.substr(begin_[begin], end_[last] - begin_[begin]);
}

void FoldedText::Emit(char c, std::size_t begin, std::size_t end) {
  const auto push = [&](char byte, std::size_t byte_end) {
    if (text_.size() >= limits::kRuleText) return;
    begin_[text_.size()] = static_cast<std::uint16_t>(begin);
    end_[text_.size()] = static_cast<std::uint16_t>(byte_end);
    text_.push_back(byte);
  };
  if (blank_due_ && !text_.empty()) push(' ', begin);
  blank_due_ = false;
  push(c, end);
}

void FoldedText::EmitAll(std::size_t begin, std::size_t end) {
  Emit(source_[begin], begin, begin + 1);
  const std::size_t room = limits::kRuleText - text_.size();
  end = std::min(end, begin + 1 + room);
  for (std::size_t i = begin + 1, to = text_.size(); i < end; ++i, ++to) {
    begin_[to] = static_cast<std::uint16_t>(i);
    end_[to] = static_cast<std::uint16_t>(i + 1);
  }
  text_.append(source_.substr(begin + 1, end - begin - 1));
}

// Where the words of the server begin.
// - Postfix: "host mx.spam-filter.test[192.0.2.1] said: 550 ...". The name is
//   not the server's opinion; rules that want it look at remote_mta.
// - IronPort: "5.1.0 - Unknown address error 550-'5.7.1 Access denied'". Its
//   own words only repeat the class of the reply.
std::size_t FoldedText::SkipPreface() {
  constexpr std::string_view kHost = "host ";
  constexpr std::size_t kLongest = 320;
  const std::string_view head = source_.substr(0, kLongest);
  if (head.starts_with(kHost)) {
    const std::size_t blank = head.find(' ', kHost.size());
    if (blank == head.npos || head[blank - 1] != ']') return 0;
    for (std::size_t i = 0; i < 4; ++i) Emit(head[i], i, i + 1);
    return blank;
  }
  const std::size_t quote = head.find("-'");
  if (quote == head.npos || quote < 3) return 0;
  const bool ironport = EnhancedStatus::FromField(head) &&
                        head.substr(0, quote).find(" - ") != head.npos &&
                        IsFailureCode(head.substr(quote - 3));
  return ironport ? quote - 3 : 0;
}

// At a quote: a quoted local part may hold blanks and whole sentences,
// <"user unknown"@example.com>. Returns where to go on.
std::size_t FoldedText::TakeQuotedAddress(std::size_t at) {
  // Looked for once, however many quotes stand in front of it.
  if (quote_end_ < at) quote_end_ = source_.find("\"@", at);
  if (quote_end_ >= at + limits::kAddressUtf8) return at;
  const std::size_t end = DomainEnd(source_, quote_end_ + 2);
  Emit('@', at, end);
  return end;
}

// At the start of a token. Returns where to go on, `at` if this is no address.
std::size_t FoldedText::TakeAddress(std::size_t at) {
  std::size_t end = at;
  while (end < source_.size() && !IsDelimiter(source_[end])) ++end;
  const std::string_view token = source_.substr(at, end - at);
  const std::size_t sign = token.find('@');
  if (sign == token.npos || sign == 0) return at;
  if (token.substr(0, sign).find("://") != token.npos) return at;
  // "to:user@example.com": what stands before the colon is not the address.
  const std::size_t colon = token.substr(0, sign).rfind(':');
  const std::size_t local = colon == token.npos ? 0 : colon + 1;
  std::size_t domain_end = DomainEnd(token, sign + 1);
  while (token[domain_end - 1] == '.') --domain_end;
  for (std::size_t i = 0; i < local; ++i) Emit(token[i], at + i, at + i + 1);
  Emit('@', at + local, at + domain_end);
  return at + domain_end;
}

// At the start of a word: "550-5.1.1 text" and the like. Returns where to go
// on, `at` if this is an ordinary word.
std::size_t FoldedText::TakeReplyPrefix(std::size_t at) {
  const std::string_view rest = source_.substr(at);
  if (!IsFailureCode(rest)) return at;
  const bool continues = rest.size() > 3 && rest[3] == '-';
  const bool ends = rest.size() == 3 || IsSpace(rest[3]);
  if (!continues && !ends) return at;
  const std::string_view code = rest.substr(0, 3);
  if (code != line_code_) {
    if (!continues) return at;
    line_code_ = code;
    for (std::size_t i = 0; i < 3; ++i) Emit(code[i], at + i, at + i + 1);
    blank_due_ = true;
    return at + 4;
  }
  std::size_t skip = continues ? 4 : 3;
  while (skip < rest.size() && IsSpace(rest[skip])) ++skip;
  std::string_view behind = rest.substr(skip);
  if (EnhancedStatus::Parse(behind.substr(0, 12))) {
    while (!behind.empty() && !IsSpace(behind[0])) behind.remove_prefix(1);
  }
  blank_due_ = true;
  return source_.size() - behind.size();
}

void FoldedText::Fold() {
  bool token_starts = true;
  quote_end_ = source_.find("\"@");
  std::size_t at = SkipPreface();
  while (at < source_.size() && text_.size() < limits::kRuleText) {
    if (IsSpace(source_[at])) {
      blank_due_ = true;
      token_starts = true;
      ++at;
      continue;
    }
    std::size_t next = at;
    if (blank_due_ || text_.empty()) next = TakeReplyPrefix(at);
    if (next == at && token_starts) next = TakeAddress(at);
    if (next == at && source_[at] == '"') next = TakeQuotedAddress(at);
    if (next == at) {
      ++next;
      if (!IsDelimiter(source_[at])) {
        while (next < source_.size() && !IsDelimiter(source_[next])) ++next;
      }
      EmitAll(at, next);
    }
    token_starts = IsDelimiter(source_[next - 1]);
    at = next;
  }
}

}  // namespace postbounce
