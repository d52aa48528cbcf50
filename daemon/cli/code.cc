#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/code_table.h"
#include "classifier/enhanced_status.h"
#include "classifier/provider_codes.h"
#include "classifier/reason.h"
#include "classifier/reply_code.h"
#include "classifier/stock_replies.h"
#include "classifier/taxonomy.h"
#include "daemon/cli/reason_words.h"
#include "daemon/cli/verb.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::vector<std::string> codes;
  std::string taxonomy;
  bool json = false;
};

// What is known of a code of either kind.
struct Description {
  std::string code;
  std::string meaning;
  std::string_view permanence;
  std::string_view source;  // an RFC; empty for a code that is not registered
  Reason reason = Reason::kUnknown;
  std::string_view check;
  std::vector<ProviderCode> providers;
  std::vector<std::string_view> postfix;  // what it says with this code
};

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
std::optional<Description> DescribeStatus(std::string text) {
  const bool any_class = text.starts_with("X.") || text.starts_with("x.");
  if (any_class) text[0] = '5';
  const auto status = EnhancedStatus::Parse(text);
  if (!status) return std::nullopt;
  Description found;
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
std::optional<Description> DescribeReply(std::string_view text) {
  const bool is_code = text.size() == 3 && text[0] >= '2' && text[0] <= '5' &&
                       IsDigit(text[1]) && IsDigit(text[2]);
  if (!is_code) return std::nullopt;
  Description found;
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

// "550", "5.7.26", "550 5.7.26", "550-5.7.26": one description for each code.
Result<std::vector<Description>> Describe(const std::string& text) {
  const Error error(ErrorCode::kSyntax,
                    "a code is like 5.7.26, X.7.26, 550 or \"550 5.7.26\"",
                    text);
  std::vector<Description> all;
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

// A hard reason is no more than soft while the code is temporary.
ReasonClass ClassOf(const Description& description) {
  const ReasonClass found = InfoOf(description.reason).reason_class;
  const bool temporary = description.code.starts_with('4');
  return temporary && found == ReasonClass::kHard ? ReasonClass::kSoft : found;
}

json::object ToJson(const Description& description,
                    const std::string& taxonomy) {
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
  if (const auto other = ParseTaxonomy(taxonomy)) {
    to[taxonomy] = NameIn(*other, description.reason, ClassOf(description));
  }
  return to;
}

void PrintField(std::string_view name, std::string_view text) {
  if (!text.empty()) fmt::print("  {:<11}{}\n", name, text);
}

void Print(const Description& description, const std::string& taxonomy) {
  const ReasonInfo& info = InfoOf(description.reason);
  fmt::print("{}  {}\n", description.code, description.meaning);
  PrintField("kind", description.permanence);
  if (description.reason != Reason::kUnknown) {
    PrintField("reason", fmt::format("{}: {}", info.name, info.meaning));
    PrintField("class", MeaningOf(ClassOf(description)));
    PrintField("fault", MeaningOf(info.fault));
  }
  PrintField("check", description.check);
  for (const ProviderCode& code : description.providers) {
    PrintField("mind", fmt::format("{}: {}", code.provider, code.meaning));
  }
  for (const std::string_view reply : description.postfix) {
    PrintField("Postfix", reply);
  }
  PrintField("source", description.source);
  if (const auto other = ParseTaxonomy(taxonomy)) {
    PrintField(taxonomy,
               NameIn(*other, description.reason, ClassOf(description)));
  }
}

int RunCode(const Options& options) {
  int exit_code = kExitDone;
  for (const std::string& code : options.codes) {
    const auto found = Describe(code);
    if (!found) {
      exit_code = Complain(found.error());
      continue;
    }
    for (const Description& description : *found) {
      if (options.json) {
        PrintJson(ToJson(description, options.taxonomy));
      } else {
        Print(description, options.taxonomy);
      }
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
  AddTaxonomyOption(*verb, options->taxonomy);
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback([&line, options] { line.exit_code = RunCode(*options); });
}

}  // namespace postbounce
