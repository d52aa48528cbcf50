#include "daemon/explanation.h"

#include <string>

#include "daemon/delivery_line.h"
#include "daemon/request.h"
#include "daemon/to_json.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Member {
  std::string_view name;
  InputForm form;
};
constexpr Member kMembers[] = {{"text", InputForm::kText},
                               {"line", InputForm::kLogLine},
                               {"message", InputForm::kMessage}};

}  // namespace

std::string_view FormName(InputForm form) {
  switch (form) {
    case InputForm::kMessage:
      return "message";
    case InputForm::kLogLine:
      return "log-line";
    case InputForm::kText:
      return "text";
  }
  return "message";
}

Judgement JudgeInput(InputForm form, std::string_view bytes,
                     const RuleSet& rules) {
  switch (form) {
    case InputForm::kMessage:
      break;
    case InputForm::kLogLine:
      if (const auto line = DeliveryLine::Parse(bytes)) {
        return JudgeReport(ReportOf(*line), rules);
      }
      break;
    case InputForm::kText:
      return JudgeReport(ReportOfText(bytes), rules);
  }
  return Judge(bytes, ReadOptions{}, rules);
}

json::object ToJson(InputForm form, const Judgement& judgement) {
  json::object object = ToJson(judgement);
  if (form != InputForm::kMessage) object["input"] = FormName(form);
  return object;
}

Result<json::object> AnswerExplain(const json::object& request,
                                   const RuleSet& rules) {
  const auto known =
      OnlyMembers(request, {"verb", "id", "text", "line", "message"});
  if (!known) return known.error();
  const Member* given = nullptr;
  for (const Member& member : kMembers) {
    if (!request.contains(member.name)) continue;
    if (given != nullptr) return BadRequest("only one thing is explained");
    given = &member;
  }
  if (given == nullptr) {
    return BadRequest("a \"text\", \"line\" or \"message\" is wanted");
  }
  const auto bytes = TextOf(request, given->name);
  if (!bytes) return bytes.error();
  if (given->form == InputForm::kLogLine && !DeliveryLine::Parse(*bytes)) {
    return BadRequest("the line does not tell of a delivery", *bytes);
  }
  return ToJson(given->form, JudgeInput(given->form, *bytes, rules));
}

}  // namespace postbounce
