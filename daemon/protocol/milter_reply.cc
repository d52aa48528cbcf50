#include "daemon/protocol/milter_reply.h"

#include <algorithm>
#include <cstddef>

#include "mime/text/text.h"

namespace postbounce {
namespace {

std::string_view TakeWord(std::string_view* rest) {
  const std::size_t end = std::min(rest->find(' '), rest->size());
  const std::string_view word = rest->substr(0, end);
  *rest = Trim(rest->substr(end));
  return word;
}

// access_map_reject_code and access_map_defer_code, as they are by default.
std::string CodeOf(std::string_view word) {
  if (EqualsIgnoringCase(word, "REJECT")) return "554";
  if (EqualsIgnoringCase(word, "DEFER")) return "450";
  if (EqualsIgnoringCase(word, "DEFER_IF_PERMIT")) return "450";
  const bool is_code = word.size() == 3 && (word[0] == '4' || word[0] == '5') &&
                       std::all_of(word.begin(), word.end(), IsDigit);
  return is_code ? std::string(word) : "";
}

// RFC 3463: class.subject.detail.
bool IsStatus(std::string_view word, char status_class) {
  return TakeChar(&word, status_class) && TakeChar(&word, '.') &&
         TakeNumber(&word, 3) && TakeChar(&word, '.') && TakeNumber(&word, 3) &&
         word.empty();
}

}  // namespace

std::optional<MilterReply> ReplyOf(std::string_view access_result) {
  MilterReply reply;
  reply.code = CodeOf(TakeWord(&access_result));
  if (reply.code.empty()) return std::nullopt;
  std::string_view rest = access_result;
  const std::string_view status = TakeWord(&rest);
  if (IsStatus(status, reply.code.front())) {
    reply.status = status;
    reply.text = rest;
  } else {
    reply.status = reply.is_permanent() ? "5.7.1" : "4.7.1";
    reply.text = access_result;
  }
  return reply;
}

}  // namespace postbounce
