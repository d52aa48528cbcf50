#include "store/policy.h"

#include <algorithm>
#include <optional>

#include "mime/text/duration.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

using std::chrono::seconds;

constexpr int kMaxFailures = 1000;
constexpr seconds kMaxDuration = std::chrono::days(3650);

// The next word, and the blanks behind it; empty at the end.
std::string_view TakeWord(std::string_view* rest) {
  const std::size_t size = std::min(rest->find(' '), rest->size());
  const std::string_view word = rest->substr(0, size);
  rest->remove_prefix(size);
  while (TakeChar(rest, ' ')) {
  }
  return word;
}

std::optional<std::uint32_t> TakeFailures(std::string_view* rest) {
  std::string_view word = TakeWord(rest);
  const std::optional<int> number = TakeNumber(&word);
  if (!number || !word.empty() || *number < 1 || *number > kMaxFailures) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*number);
}

// Where `word` is `name`, takes the duration behind it and the next word.
// False for a bad duration.
bool TakePhrase(std::string_view name, std::string_view* word,
                std::string_view* rest, seconds* duration) {
  if (*word != name) return true;
  const auto parsed = ParseDuration(TakeWord(rest));
  if (!parsed || *parsed <= seconds(0) || *parsed > kMaxDuration) return false;
  *duration = *parsed;
  *word = TakeWord(rest);
  return true;
}

}  // namespace

Result<ReasonPolicy> ReasonPolicy::Parse(std::string_view text) {
  if (text == "never") return ReasonPolicy();
  const Error error(ErrorCode::kSyntax,
                    "it is \"never\" or as \"after 5 over 14d for 90d in "
                    "scope\", with 1 to 1000 failures and at most 3650d",
                    text);
  ReasonPolicy policy;
  std::string_view rest = text;
  if (TakeWord(&rest) != "after") return error;
  const auto failures = TakeFailures(&rest);
  if (!failures) return error;
  policy.failures = *failures;

  std::string_view word = TakeWord(&rest);
  if (!TakePhrase("over", &word, &rest, &policy.over) ||
      !TakePhrase("for", &word, &rest, &policy.lasts)) {
    return error;
  }
  if (word == "in" && TakeWord(&rest) == "scope") {
    policy.in_scope = true;
    word = TakeWord(&rest);
  }
  if (!word.empty()) return error;
  return policy;
}

std::string ReasonPolicy::ToString() const {
  if (failures == 0) return "never";
  std::string text = "after " + std::to_string(failures);
  if (over != seconds(0)) text += " over " + FormatDuration(over);
  if (lasts != seconds(0)) text += " for " + FormatDuration(lasts);
  if (in_scope) text += " in scope";
  return text;
}

bool MaySuppress(Reason reason) {
  // Of mail to a non-ASCII address, which its server cannot take.
  if (reason == Reason::kSmtputf8Unsupported) return true;
  if (reason == Reason::kComplaint) return true;
  const ReasonInfo& info = InfoOf(reason);
  return info.reason_class == ReasonClass::kHard ||
         (info.reason_class == ReasonClass::kSoft &&
          (info.fault == Fault::kRecipient || info.fault == Fault::kDomain));
}

}  // namespace postbounce
