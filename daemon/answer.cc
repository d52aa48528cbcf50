#include "daemon/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "classifier/classifier.h"
#include "classifier/enhanced_status.h"
#include "daemon/reference.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kDate = 10;  // "2026-11-21"

enum class Kind { kReject, kDefer, kDiscard, kNote };
struct Word {
  std::string_view name;
  Kind kind;
};
constexpr Word kWords[] = {
    {"REJECT", Kind::kReject},
    {"DEFER", Kind::kDefer},
    {"DEFER_IF_PERMIT", Kind::kDefer},
    {"DISCARD", Kind::kDiscard},
    {"HOLD", Kind::kNote},
    {"WARN", Kind::kNote},
};

// 421 and 521 would end the session, and with it mail to other people.
bool IsCode(std::string_view word) {
  return word.size() == 3 && (word[0] == '4' || word[0] == '5') &&
         word[1] >= '0' && word[1] <= '5' && IsDigit(word[2]) &&
         word.substr(1) != "21";
}

std::optional<Word> FindWord(std::string_view name) {
  if (IsCode(name)) {
    return Word{name, name.front() == '5' ? Kind::kReject : Kind::kDefer};
  }
  for (const Word& word : kWords) {
    if (EqualsIgnoringCase(word.name, name)) return word;
  }
  return std::nullopt;
}

// Takes an enhanced status off the front of a refusal's text, if there is one.
Result<std::string> TakeStatus(std::string_view* text, Kind kind) {
  const auto status = EnhancedStatus::Parse(*text);
  if (!status || kind == Kind::kDiscard || kind == Kind::kNote) {
    return std::string();
  }
  const int wanted = kind == Kind::kReject ? 5 : 4;
  if (status->status_class() != wanted) {
    return Error(
        ErrorCode::kSyntax,
        fmt::format("this answer's enhanced status begins with {}", wanted),
        *text);
  }
  std::string taken = status->ToString();
  *text = Trim(text->substr(taken.size()));
  return taken;
}

// What stands before the text.
std::string AccessOf(const Word& word, const std::string& status) {
  return fmt::format("{} {}{}", word.name, status, status.empty() ? "" : " ");
}

std::string TransportOf(Kind kind, const std::string& status) {
  switch (kind) {
    case Kind::kReject:
      return fmt::format("error:{} ", status.empty() ? "5.7.1" : status);
    case Kind::kDefer:
      return fmt::format("retry:{} ", status.empty() ? "4.7.1" : status);
    case Kind::kDiscard:
      return "discard:";
    case Kind::kNote:
      return "";
  }
  return "";
}

// The longest of each.
AnswerFacts LongestFacts() {
  const auto reasons = AllReasons();
  const auto longest = std::max_element(reasons.begin(), reasons.end(),
                                        [](const auto& a, const auto& b) {
                                          return a.name.size() < b.name.size();
                                        });
  return {longest->reason, Timestamp(), 0};
}

}  // namespace

Result<std::vector<Answer::Piece>> Answer::ReadText(std::string_view text) {
  constexpr std::pair<std::string_view, Fact> kFacts[] = {
      {"${reason}", Fact::kReason},
      {"${since}", Fact::kSince},
      {"${ref}", Fact::kRef},
  };
  std::vector<Piece> pieces;
  for (;;) {
    const std::size_t at = text.find("${");
    const std::string before(text.substr(0, at));
    text.remove_prefix(before.size());
    const auto* const known = std::find_if(
        std::begin(kFacts), std::end(kFacts),
        [&](const auto& fact) { return text.starts_with(fact.first); });
    if (known == std::end(kFacts)) {
      pieces.push_back({before, Fact::kNone});
      break;
    }
    pieces.push_back({before, known->second});
    text.remove_prefix(known->first.size());
  }
  if (text.empty()) return pieces;
  return Error(ErrorCode::kSyntax,
               "a text knows ${reason}, ${since} and ${ref} only", text);
}

Result<Answer> Answer::Parse(std::string_view text) {
  text = Trim(text);
  if (EqualsIgnoringCase(text, "DUNNO")) return Answer();
  const std::size_t end = std::min(text.find(' '), text.size());
  const auto word = FindWord(text.substr(0, end));
  if (!word) {
    return Error(ErrorCode::kSyntax,
                 "an answer is DUNNO, or begins with REJECT, DEFER, "
                 "DEFER_IF_PERMIT, DISCARD, HOLD, WARN, or a code from 400 to "
                 "559 other than 421 and 521",
                 text);
  }
  text = Trim(text.substr(end));
  if (Printable(text, text.size()) != text) {
    return Error(ErrorCode::kSyntax, "the text is not printable UTF-8", text);
  }
  const auto status = TakeStatus(&text, word->kind);
  if (!status) return status.error();

  Answer answer;
  const std::string marker = std::string(kOwnRefusalMarker) + "${ref}]";
  std::string whole(text);
  if (text.find(marker) == text.npos) {
    whole = marker + (text.empty() ? "" : " ") + whole;
  }
  auto pieces = ReadText(whole);
  if (!pieces) return pieces.error();
  answer.text_ = *std::move(pieces);
  if (answer.With("", LongestFacts()).size() > kMaxText) {
    return Error(
        ErrorCode::kLimit,
        fmt::format("the text could get longer than {} octets", kMaxText));
  }
  answer.access_ = AccessOf(*word, *status);
  answer.transport_ = TransportOf(word->kind, *status);
  return answer;
}

std::string Answer::With(const std::string& action,
                         const AnswerFacts& facts) const {
  std::string answer;
  answer.reserve(action.size() + kMaxText);
  answer += action;
  for (const Piece& piece : text_) {
    answer += piece.before;
    switch (piece.fact) {
      case Fact::kReason:
        answer += ReasonName(facts.reason);
        break;
      case Fact::kSince:
        answer += FormatTimestamp(facts.since).substr(0, kDate);
        break;
      case Fact::kRef:
        answer += FormatReference(facts.ref);
        break;
      case Fact::kNone:
        break;
    }
  }
  return answer;
}

bool Answer::uses_since() const {
  return std::any_of(text_.begin(), text_.end(), [](const Piece& piece) {
    return piece.fact == Fact::kSince;
  });
}

std::string Answer::ForAccess(const AnswerFacts& facts) const {
  return access_.empty() ? "" : With(access_, facts);
}

std::string Answer::ForTransport(const AnswerFacts& facts) const {
  return transport_.empty() ? "" : With(transport_, facts);
}

}  // namespace postbounce
