#include "daemon/code_description.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <utility>

#include "classifier/code_table.h"
#include "classifier/enhanced_status.h"
#include "classifier/reply_code.h"
#include "classifier/stock_replies.h"
#include "daemon/request.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxCodes = 100;  // of one request

// `first_digit` is 0 for "X.1.1".
std::string_view PermanenceOf(int first_digit) {
  switch (first_digit) {
    case 0:
      return "4.X.X is temporary, 5.X.X permanent";
    case 2:
      return "success";
    case 3:
      return "intermediate: the server waits for more";
    case 4:
      return "temporary: the same mail may go through later";
    default:
      return "permanent: the same mail will fail again";
  }
}

// "5.7.26", or "X.7.26" for all classes.
std::optional<CodeDescription> DescribeStatus(std::string text) {
  const bool any_class = text.starts_with("X.") || text.starts_with("x.");
  if (any_class) text[0] = '5';
  const auto status = EnhancedStatus::Parse(text);
  if (!status) return std::nullopt;
  CodeDescription found;
  found.code = status->ToString();
  if (any_class) found.code[0] = 'X';
  found.permanence = PermanenceOf(any_class ? 0 : status->status_class());
  found.providers = FindProviderCodes(*status);
  const StatusInfo* info = FindStatus(*status);
  if (info != nullptr) {
    found.meaning = info->meaning;
    found.source = info->rfc;
    const char digit = static_cast<char>('0' + status->status_class());
    if (!any_class && info->classes.find(digit) == info->classes.npos) {
      found.meaning += fmt::format(" (registered for class {} only)",
                                   fmt::join(info->classes, " and "));
    }
  } else {
    info = FindSubject(status->subject());
    if (info == nullptr) info = FindSubject(0);
    found.meaning =
        fmt::format("Not registered; its subject is \"{}\"", info->meaning);
  }
  found.reason = info->reason;
  found.check = info->check;
  if (status->status_class() == 2) {
    found.reason = Reason::kDelivered;
    found.check = "Nothing.";
    found.providers.clear();
  }
  return found;
}

// "599" too, which RFC 5321 allows nobody to say but some do.
std::optional<CodeDescription> DescribeReply(std::string_view text) {
  const bool is_code = text.size() == 3 && text[0] >= '2' && text[0] <= '5' &&
                       IsDigit(text[1]) && IsDigit(text[2]);
  if (!is_code) return std::nullopt;
  CodeDescription found;
  found.code = text;
  found.permanence = PermanenceOf(text[0] - '0');
  const auto reply = ReplyCode::Parse(text);
  const ReplyInfo* info = reply ? FindReply(*reply) : nullptr;
  if (info == nullptr) {
    found.meaning = "Not registered; only its first digit means something";
    found.check = "Read the text behind the code.";
    return found;
  }
  found.meaning = info->meaning;
  found.source = info->rfc;
  found.reason = info->reason;
  found.check = info->check;
  return found;
}

}  // namespace

Result<std::vector<CodeDescription>> DescribeCodes(const std::string& text) {
  const Error error(ErrorCode::kSyntax,
                    "a code is like 5.7.26, X.7.26, 550 or \"550 5.7.26\"",
                    text);
  std::vector<CodeDescription> all;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t size = std::min(rest.find_first_of(" -"), rest.size());
    const std::string word(rest.substr(0, size));
    rest.remove_prefix(std::min(size + 1, rest.size()));
    if (word.empty()) continue;
    auto found = DescribeStatus(word);
    if (!found) found = DescribeReply(word);
    if (!found) return error;
    found->postfix = FindStockReplies(found->code);
    all.push_back(*std::move(found));
  }
  if (all.empty()) return error;
  return all;
}

ReasonClass ClassOf(const CodeDescription& description) {
  const ReasonClass found = InfoOf(description.reason).reason_class;
  const bool temporary = description.code.starts_with('4');
  return temporary && found == ReasonClass::kHard ? ReasonClass::kSoft : found;
}

json::object ToJson(const CodeDescription& description) {
  const ReasonInfo& info = InfoOf(description.reason);
  json::object to;
  to["code"] = description.code;
  to["registered"] = !description.source.empty();
  to["meaning"] = description.meaning;
  to["permanence"] = description.permanence;
  to["source"] = description.source.empty() ? json::value(nullptr)
                                            : json::value(description.source);
  to["reason"] = info.name;
  to["class"] = ClassName(ClassOf(description));
  to["fault"] = FaultName(info.fault);
  to["check"] = description.check;
  json::array providers;
  for (const ProviderCode& code : description.providers) {
    providers.push_back(
        {{"provider", code.provider}, {"meaning", code.meaning}});
  }
  to["providers"] = std::move(providers);
  to["postfix"] =
      json::array(description.postfix.begin(), description.postfix.end());
  return to;
}

Result<json::object> AnswerCode(const json::object& request) {
  const json::value* codes = request.if_contains("codes");
  if (codes == nullptr || !codes->is_array() || codes->get_array().empty() ||
      codes->get_array().size() > kMaxCodes) {
    return BadRequest("\"codes\" is to be a list of 1 to 100 texts");
  }
  json::array results;
  for (const json::value& code : codes->get_array()) {
    if (!code.is_string()) return BadRequest("a code is a text");
    const auto found = DescribeCodes(std::string(code.get_string()));
    if (!found) return found.error();
    if (results.size() + found->size() > kMaxCodes) {
      return BadRequest("\"codes\" has more than 100 codes");
    }
    for (const CodeDescription& description : *found) {
      results.push_back(ToJson(description));
    }
  }
  json::object answer;
  answer["results"] = std::move(results);
  return answer;
}

}  // namespace postbounce
