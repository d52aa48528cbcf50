#include "daemon/protocol/policy_session.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kRequest = 64u << 10;
constexpr std::size_t kAttributes = 200;
constexpr std::size_t kValue = 8192;  // as in Postfix

// Those that matter.
struct Attributes {
  std::optional<std::string_view> request;
  std::optional<std::string_view> protocol_state;
  std::optional<std::string_view> sender;
  std::optional<std::string_view> recipient;
  std::optional<std::string_view> sasl_username;
};

struct Attribute {
  std::string_view name;
  std::optional<std::string_view> Attributes::*member;
};

constexpr Attribute kWanted[] = {
    {"request", &Attributes::request},
    {"protocol_state", &Attributes::protocol_state},
    {"sender", &Attributes::sender},
    {"recipient", &Attributes::recipient},
    {"sasl_username", &Attributes::sasl_username},
};

// A problem, or null.
const char* ReadAttributes(std::string_view request, Attributes* attributes) {
  std::size_t count = 0;
  do {
    if (++count > kAttributes) return "a request has too many attributes";
    const std::size_t end = std::min(request.find('\n'), request.size());
    const std::string_view line = request.substr(0, end);
    request.remove_prefix(std::min(end + 1, request.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return "an attribute has no \"=\"";
    const std::string_view value = line.substr(equals + 1);
    if (value.size() > kValue) return "an attribute is too long";
    for (const Attribute& wanted : kWanted) {
      auto& kept = attributes->*wanted.member;
      if (!kept && line.substr(0, equals) == wanted.name) kept = value;
    }
  } while (!request.empty());
  return nullptr;
}

}  // namespace

bool PolicySession::TakeRequest(std::string_view* input, Request* request) {
  // The empty line alone, in front of which TakeUntil would find no line end.
  if (input->front() == '\n') return Fail("a request is empty");
  const auto text = TakeUntil("\n\n", kRequest, input);
  if (!text) return false;
  Attributes attributes;
  const char* const problem = ReadAttributes(*text, &attributes);
  if (problem != nullptr) return Fail(problem);
  Question& question = request->question;
  if (attributes.request == "smtpd_access_policy" &&
      attributes.protocol_state == "RCPT") {
    question.recipient = attributes.recipient.value_or("");
  }
  question.sender = attributes.sender;
  question.sasl_user = attributes.sasl_username.value_or("");
  return true;
}

void PolicySession::AppendAnswer(const Result<std::string>& answer,
                                 std::string* output) const {
  std::string space;
  output->append("action=");
  if (!answer) {
    output->append("DEFER_IF_PERMIT 4.3.0 ");
    output->append(AnswerLine(answer.error().text(), &space));
  } else if (answer->empty()) {
    output->append("DUNNO");
  } else {
    output->append(AnswerLine(*answer, &space));
  }
  output->append("\n\n");
}

}  // namespace postbounce
