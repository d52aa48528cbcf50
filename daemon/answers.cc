#include "daemon/answers.h"

#include <algorithm>
#include <utility>

namespace postbounce {
namespace {

// The configuration was checked.
Answer Checked(const std::string& text) {
  const auto answer = Answer::Parse(text);
  return answer ? *answer : Answer();
}

template <class Item, class Wanted>
bool HasOrIsEmpty(const std::vector<Item>& items, const Wanted& wanted) {
  return items.empty() ||
         std::find(items.begin(), items.end(), wanted) != items.end();
}

}  // namespace

Answers::Answers(const Config& config)
    : otherwise_(Checked(config.lookup_answer)) {
  for (const AnswerConfig& one : config.answers) {
    Row row{{}, one.scopes, Checked(one.answer)};
    for (const std::string& name : one.reasons) {
      if (const auto reason = ParseReason(name)) row.reasons.push_back(*reason);
    }
    rows_.push_back(std::move(row));
  }
}

const Answer& Answers::Of(Reason reason, std::string_view scope) const {
  for (const Row& row : rows_) {
    const bool fits =
        HasOrIsEmpty(row.reasons, reason) && HasOrIsEmpty(row.scopes, scope);
    if (fits) return row.answer;
  }
  return otherwise_;
}

}  // namespace postbounce
