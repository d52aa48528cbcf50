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
  key->clear();
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

bool TcpTableSession::TakeRequest(std::string_view* input,
                                  std::string* output) {
  const auto line = TakeUntil("\n", kLine, input);
  if (!line) return false;
  if (line->starts_with("get ")) {
    Get(line->substr(4), output);
  } else if (line->starts_with("put ")) {
    AppendReply("500 ", "this table can only be read", output);
  } else {
    AppendReply("400 ", "a request is \"get KEY\"", output);
    return Fail("a request is not \"get KEY\"");
  }
  return true;
}

void TcpTableSession::Get(std::string_view key, std::string* output) {
  if (!Decode(key, &key_)) {
    return AppendReply("400 ", "a % without two hexadecimal digits", output);
  }
  Question question;
  question.recipient = key_;
  Result<std::string> text = AskFor(question);
  if (!text) {
    AppendReply("400 ", AnswerLine(text.error().text()), output);
  } else if (text->empty()) {
    AppendReply("500 ", "not suppressed", output);
  } else {
    AppendReply("200 ", AnswerLine(*std::move(text)), output);
  }
}

}  // namespace postbounce
