#include "classifier/enhanced_status.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "mime/text/text.h"

namespace postbounce {
namespace {

bool IsLetter(char c) {
  const char lower = AsciiLower(c);
  return lower >= 'a' && lower <= 'z';
}

bool IsWordByte(char c) {
  return IsLetter(c) || IsDigit(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

// RFC 3463 section 2: one to three digits, no leading zeros.
std::optional<int> TakePart(std::string_view* rest) {
  std::string_view left = *rest;
  const std::optional<int> number = TakeNumber(&left, 3);
  if (!number) return std::nullopt;
  const std::size_t digits = rest->size() - left.size();
  if (digits > 1 && rest->front() == '0') return std::nullopt;
  *rest = left;
  return number;
}

struct Parts {
  int status_class;
  int subject;
  int detail;
};

// Takes a code off the front of `rest`, whatever follows it.
std::optional<Parts> TakeCode(std::string_view* rest) {
  std::string_view left = *rest;
  if (left.size() < 5 || left[1] != '.') return std::nullopt;
  const char first = left[0];
  if (first != '2' && first != '4' && first != '5') return std::nullopt;
  left.remove_prefix(2);
  const std::optional<int> subject = TakePart(&left);
  if (!subject || !TakeChar(&left, '.')) return std::nullopt;
  const std::optional<int> detail = TakePart(&left);
  if (!detail) return std::nullopt;
  *rest = left;
  return Parts{first - '0', *subject, *detail};
}

// True if a code may end before `rest`: "5.1.1." ends a sentence, "5.1.1.2"
// is an address, "5.1.1-rc1" and "5.1.1/x" are versions.
bool EndsBefore(std::string_view rest) {
  if (rest.empty()) return true;
  if (IsWordByte(rest[0])) return false;
  const bool glue = rest[0] == '.' || rest[0] == '-' || rest[0] == '/';
  return !glue || rest.size() == 1 || !IsWordByte(rest[1]);
}

// True if the word before `before`'s end announces a version number.
bool AnnouncesVersion(std::string_view before) {
  constexpr std::array<std::string_view, 3> kWords = {"version", "ver",
                                                      "release"};
  while (!before.empty() && (IsBlank(before.back()) || before.back() == ':')) {
    before.remove_suffix(1);
  }
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return before.size() >= word.size() &&
           EqualsIgnoringCase(before.substr(before.size() - word.size()), word);
  });
}

// True if a code may start behind `before`: not inside a word, a number or a
// name with a version ("Server-5.1.1", "tool/5.1.1"). "550-5.1.1" may.
bool StartsBehind(std::string_view before) {
  if (before.empty()) return true;
  const char last = before.back();
  if (IsWordByte(last) || last == '.' || last == '/') return false;
  if (last == '-') {
    return before.size() == 1 || !IsLetter(before[before.size() - 2]);
  }
  return !AnnouncesVersion(
      before.substr(before.size() - std::min<std::size_t>(before.size(), 16)));
}

}  // namespace

Result<EnhancedStatus> EnhancedStatus::Parse(std::string_view text) {
  std::string_view rest = text;
  const std::optional<Parts> parts = TakeCode(&rest);
  if (!parts) return Error(ErrorCode::kSyntax, "not an enhanced status", text);
  if (!rest.empty() && !IsBlank(rest[0])) {
    return Error(ErrorCode::kSyntax, "bad end of an enhanced status", text);
  }
  return EnhancedStatus(parts->status_class, parts->subject, parts->detail);
}

std::optional<EnhancedStatus> EnhancedStatus::FromField(std::string_view text) {
  std::string_view rest = Trim(text);
  const std::optional<Parts> parts = TakeCode(&rest);
  if (!parts || !EndsBefore(rest)) return std::nullopt;
  return EnhancedStatus(parts->status_class, parts->subject, parts->detail);
}

std::optional<EnhancedStatus> EnhancedStatus::Find(std::string_view text) {
  return FindNext(&text);
}

std::optional<EnhancedStatus> EnhancedStatus::FindNext(std::string_view* rest) {
  const std::string_view text = *rest;
  // Registered subjects are 0 to 7. What looks like a code with a greater one
  // is a version ("Exim 4.94.2") or a date.
  constexpr int kGreatestSubject = 7;
  std::size_t dot = text.find('.');
  for (; dot != text.npos; dot = text.find('.', dot + 1)) {
    if (dot == 0) continue;
    std::string_view left = text.substr(dot - 1);
    const std::optional<Parts> parts = TakeCode(&left);
    if (!parts || parts->subject > kGreatestSubject || !EndsBefore(left) ||
        !StartsBehind(text.substr(0, dot - 1))) {
      continue;
    }
    *rest = left;
    return EnhancedStatus(parts->status_class, parts->subject, parts->detail);
  }
  *rest = {};
  return std::nullopt;
}

std::string EnhancedStatus::ToString() const {
  return std::to_string(class_) + '.' + std::to_string(subject_) + '.' +
         std::to_string(detail_);
}

}  // namespace postbounce
