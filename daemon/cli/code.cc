#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "classifier/reason.h"
#include "classifier/taxonomy.h"
#include "daemon/cli/reason_words.h"
#include "daemon/cli/verb.h"
#include "daemon/code_description.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::vector<std::string> codes;
  std::string taxonomy;
  bool json = false;
};

void PrintField(std::string_view name, std::string_view text) {
  if (!text.empty()) fmt::print("  {:<11}{}\n", name, text);
}

void Print(const CodeDescription& description, const std::string& taxonomy) {
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
    const auto found = DescribeCodes(code);
    if (!found) {
      exit_code = Complain(found.error());
      continue;
    }
    for (const CodeDescription& description : *found) {
      if (options.json) {
        json::object object = ToJson(description);
        if (const auto other = ParseTaxonomy(options.taxonomy)) {
          object[options.taxonomy] =
              NameIn(*other, description.reason, ClassOf(description));
        }
        PrintJson(object);
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
