#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "classifier/code_table.h"
#include "classifier/enhanced_status.h"
#include "classifier/reason.h"
#include "classifier/reply_code.h"
#include "daemon/cli/verb.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::vector<std::string> codes;
  bool json = false;
};

// What is known of a code of either kind.
struct Description {
  std::string code;
  std::string permanence;
  std::string_view meaning;
  std::string_view rfc;
  Reason reason;
  std::string_view check;
};

std::string_view PermanenceOf(int first_digit) {
  switch (first_digit) {
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

// `info` is null for a code that is not registered.
template <class Code, class Info>
std::optional<Description> Describe(Code code, int first_digit,
                                    const Info* info) {
  if (info == nullptr) return std::nullopt;
  return Description{code.ToString(), std::string(PermanenceOf(first_digit)),
                     info->meaning,   info->rfc,
                     info->reason,    info->check};
}

Result<Description> Describe(const std::string& text) {
  std::optional<Description> description;
  const auto status = EnhancedStatus::Parse(text);
  const auto reply = ReplyCode::Parse(text);
  if (status) {
    description =
        Describe(*status, status->status_class(), FindStatus(*status));
  } else if (reply) {
    description = Describe(*reply, reply->value() / 100, FindReply(*reply));
  } else {
    return Error(ErrorCode::kSyntax, "a code is like 5.1.1 or 550", text);
  }
  if (description) return *description;
  return Error(ErrorCode::kNotFound, "that code is not registered", text);
}

json::object ToJson(const Description& description) {
  json::object to;
  to["code"] = description.code;
  to["meaning"] = description.meaning;
  to["permanence"] = description.permanence;
  to["source"] = description.rfc;
  to["reason"] = ReasonName(description.reason);
  to["check"] = description.check;
  return to;
}

void Print(const Description& description) {
  fmt::print("{}  {}\n", description.code, description.meaning);
  fmt::print("  {:<8}{}\n", "kind", description.permanence);
  if (description.reason != Reason::kUnknown) {
    fmt::print("  {:<8}{}: {}\n", "reason", ReasonName(description.reason),
               InfoOf(description.reason).meaning);
  }
  fmt::print("  {:<8}{}\n", "check", description.check);
  fmt::print("  {:<8}{}\n", "source", description.rfc);
}

int RunCode(const Options& options) {
  int exit_code = kExitDone;
  for (const std::string& code : options.codes) {
    const auto description = Describe(code);
    if (!description) {
      exit_code = Complain(description.error());
    } else if (options.json) {
      PrintJson(ToJson(*description));
    } else {
      Print(*description);
    }
  }
  return exit_code;
}

}  // namespace

void AddCodeVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "code", "What an enhanced status or a reply code means");
  verb->add_option("CODE", options->codes, "such as 5.7.26 or 550")->required();
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback([&line, options] { line.exit_code = RunCode(*options); });
}

}  // namespace postbounce
