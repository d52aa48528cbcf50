#include "daemon/protocol/socketmap_session.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kRequest = 10'000;  // Postfix sends no more
constexpr int kLengthDigits = 5;

void AppendNetstring(std::string_view kind, std::string_view text,
                     std::string* output) {
  std::array<char, 20> length{};
  const auto [end, error] = std::to_chars(
      length.data(), length.data() + length.size(), kind.size() + text.size());
  output->append(length.data(), end).append(":");
  output->append(kind).append(text).append(",");
}

// What `map` says of a question. False if there is no such map.
bool ReadMap(std::string_view map, Question* question) {
  const std::size_t slash = map.find('/');
  if (slash != std::string_view::npos) {
    question->scope = map.substr(slash + 1);
    if (question->scope.empty()) return false;
  }
  const std::string_view name = map.substr(0, slash);
  question->is_transport = name == "transport";
  return question->is_transport || name == "suppressed";
}

// "MAP KEY". False if there is no such map.
bool ReadQuery(std::string_view query, Question* question) {
  const std::size_t space = std::min(query.find(' '), query.size());
  question->recipient = query.substr(std::min(space + 1, query.size()));
  return ReadMap(query.substr(0, space), question);
}

}  // namespace

bool SocketmapSession::TakeRequest(std::string_view* input, Request* request) {
  std::string_view rest = *input;
  const std::optional<int> number = TakeNumber(&rest, kLengthDigits);
  if (!number) return Fail("a request does not begin with its length");
  if (rest.empty()) return false;
  const bool is_padded = input->front() == '0' && !input->starts_with("0:");
  if (is_padded || !TakeChar(&rest, ':')) {
    return Fail("a request does not begin with its length");
  }
  const auto length = static_cast<std::size_t>(*number);
  if (length > kRequest) return Fail("a request is too long");
  if (rest.size() <= length) return false;
  if (rest[length] != ',') return Fail("a request does not end where it says");
  if (!ReadQuery(rest.substr(0, length), &request->question)) {
    request->question = {};
    request->reply = "25:PERM there is no such map,";
  }
  *input = rest.substr(length + 1);
  return true;
}

void SocketmapSession::AppendAnswer(const Result<std::string>& answer,
                                    std::string* output) const {
  std::string space;
  if (!answer) {
    AppendNetstring("TEMP ", AnswerLine(answer.error().text(), &space), output);
  } else if (answer->empty()) {
    output->append("9:NOTFOUND ,");
  } else {
    AppendNetstring("OK ", AnswerLine(*answer, &space), output);
  }
}

}  // namespace postbounce
