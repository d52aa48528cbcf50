#include "daemon/protocol/lookup_session.h"

#include <algorithm>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {

LookupSession::LookupSession(Ask ask) : ask_(std::move(ask)) {}

LookupSession::Step LookupSession::Feed(std::string_view bytes,
                                        std::string* output) {
  if (problem_ != nullptr) return Step::kClose;
  const bool joined = !pending_.empty();
  if (joined) pending_.append(bytes);
  std::string_view input = joined ? std::string_view(pending_) : bytes;
  const std::size_t size = input.size();
  Request request;
  while (problem_ == nullptr && !input.empty() &&
         TakeRequest(&input, &request)) {
    questions_.push_back({request.question});
    replies_.push_back(std::exchange(request, {}).reply);
  }
  AnswerTaken(output);
  // A request that comes byte by byte is not copied for each.
  if (!joined || input.size() < size) pending_ = std::string(input);
  return problem_ == nullptr ? Step::kRead : Step::kClose;
}

void LookupSession::AnswerTaken(std::string* output) {
  if (questions_.empty()) return;
  ask_(questions_);
  for (std::size_t i = 0; i < questions_.size(); ++i) {
    if (replies_[i] != nullptr) {
      output->append(replies_[i]);
    } else {
      AppendAnswer(questions_[i].answer, output);
    }
  }
  questions_.clear();
  replies_.clear();
  Forget();
}

std::optional<std::string_view> LookupSession::TakeUntil(
    std::string_view end, std::size_t max, std::string_view* input) {
  const std::size_t at = input->find(end, searched_);
  // Without its end it is too long as soon as the end could only come too late.
  if (std::min(at, input->size() + 1 - end.size()) > max) {
    Fail("a request is too long");
    return std::nullopt;
  }
  if (at == std::string_view::npos) {
    searched_ = input->size() + 1 - end.size();
    return std::nullopt;
  }
  searched_ = 0;
  const std::string_view found = input->substr(0, at);
  input->remove_prefix(at + end.size());
  return found;
}

bool LookupSession::Fail(const char* problem) {
  problem_ = problem;
  return false;
}

std::string_view AnswerLine(std::string_view text, std::string* space) {
  const bool is_plain = text.size() <= LookupSession::kText &&
                        std::all_of(text.begin(), text.end(), [](char c) {
                          return c >= ' ' && c <= '~';
                        });
  if (is_plain) return text;
  *space = Printable(text, LookupSession::kText);
  return *space;
}

}  // namespace postbounce
