#include "daemon/protocol/tcp_table_session.h"

#include <charconv>
#include <cstddef>
#include <optional>
#include <utility>

#include "mime/text/text.h"

namespace postbounce {
namespace {

// Three bytes for each of a key of 3333.
constexpr std::size_t kLine = 10'000;

// A line of Postfix's is at most 4096 bytes long.
static_assert(4 + 3 * LookupSession::kText + 1 <= 4096);

bool Decode(std::string_view text, std::string* key) {
  while (!text.empty()) {
    if (text.front() != '%') {
      key->push_back(text.front());
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < 3) return false;
    unsigned char byte = 0;
    const char* const digits = text.data() + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc() || end != digits + 2) return false;
    key->push_back(static_cast<char>(byte));
    text.remove_prefix(3);
  }
  return true;
}

void AppendReply(std::string_view code, std::string_view text,
                 std::string* output) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  output->append(code);
  for (const char c : text) {
    if (c > ' ' && c <= '~' && c != '%') {
      output->push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    output->push_back('%');
    output->push_back(kDigits[byte >> 4]);
    output->push_back(kDigits[byte & 15]);
  }
  output->push_back('\n');
}

}  // namespace

bool TcpTableSession::TakeRequest(std::string_view* input, Request* request) {
  const auto line = TakeUntil("\n", kLine, input);
  if (!line) return false;
  if (line->starts_with("put ")) {
    request->reply = "500 this%20table%20can%20only%20be%20read\n";
  } else if (!line->starts_with("get ")) {
    request->reply = "400 a%20request%20is%20\"get%20KEY\"\n";
    Fail("a request is not \"get KEY\"");
  } else if (line->find('%') == std::string_view::npos) {
    request->question.recipient = line->substr(4);
  } else if (Decode(line->substr(4), &decoded_.emplace_back())) {
    request->question.recipient = decoded_.back();
  } else {
    request->reply = "400 a%20%25%20without%20two%20hexadecimal%20digits\n";
  }
  return true;
}

void TcpTableSession::AppendAnswer(const Result<std::string>& answer,
                                   std::string* output) const {
  std::string space;
  if (!answer) {
    AppendReply("400 ", AnswerLine(answer.error().text(), &space), output);
  } else if (answer->empty()) {
    output->append("500 not%20suppressed\n");
  } else {
    AppendReply("200 ", AnswerLine(*answer, &space), output);
  }
}

}  // namespace postbounce
