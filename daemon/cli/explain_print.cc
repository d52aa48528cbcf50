#include "daemon/cli/explain_print.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "classifier/reason.h"
#include "classifier/taxonomy.h"
#include "daemon/cli/reason_words.h"
#include "daemon/cli/verb.h"
#include "daemon/to_json.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

void PrintField(std::string_view name, std::string_view text,
                std::size_t max = 400) {
  if (!text.empty()) {
    fmt::print("    {:<11}{}\n", name, Printable(text, max));
  }
}

std::string_view MeaningOf(const Judgement& judgement) {
  if (judgement.kind == "not-a-bounce") {
    return "Nobody's bounce, complaint or automatic reply.";
  }
  if (judgement.recipients.empty()) {
    return "It names no recipient that could be read.";
  }
  return {};
}

void PrintRecipient(const Witness& witness, const std::string& taxonomy) {
  const Verdict& verdict = witness.verdict;
  const ReasonInfo& info = InfoOf(verdict.reason);
  const std::string who = ShownAddress(witness);
  fmt::print("  {}: {}\n",
             who.empty() ? "(nobody is named)" : Printable(who, 400),
             info.name);
  PrintField("means", info.meaning);
  PrintField("fault", MeaningOf(verdict.fault));
  PrintField("class", MeaningOf(verdict.reason_class));
  // A dead address by the words, but not said for good.
  const bool lowered = info.reason_class == ReasonClass::kHard &&
                       verdict.reason_class != ReasonClass::kHard;
  PrintField("do", lowered ? "Wait: the failure is temporary." : info.advice);
  if (witness.original_recipient != witness.final_recipient) {
    PrintField("mailed as", witness.original_recipient);
    PrintField("in the end", witness.final_recipient);
  }
  PrintField("action", ActionName(witness.evidence.action));
  PrintField("status", witness.evidence.status);
  PrintField("said by", witness.evidence.remote_mta);
  PrintField("said", witness.evidence.diagnostic);
  PrintField("decided by", verdict.rule);
  PrintField("words", verdict.words);
  if (const auto other = ParseTaxonomy(taxonomy)) {
    PrintField(taxonomy, NameIn(*other, verdict.reason, verdict.reason_class));
  }
}

// " (message 3)" of an mbox, " (line 3)" of a log.
std::string PlaceOf(const Input& input) {
  if (input.number == 0) return {};
  return fmt::format(" ({} {})",
                     input.form == InputForm::kLogLine ? "line" : "message",
                     input.number);
}

}  // namespace

void PrintJudgementJson(const Input& input, const Judgement& judgement,
                        const std::string& taxonomy) {
  boost::json::object object = {{"file", ToUtf8(input.file)}};
  for (auto& member : ToJson(input.form, judgement)) {
    object.insert(std::move(member));
  }
  if (const auto other = ParseTaxonomy(taxonomy)) {
    boost::json::array& recipients = object["recipients"].as_array();
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      const Verdict& verdict = judgement.recipients[i].verdict;
      recipients[i].as_object()[taxonomy] =
          NameIn(*other, verdict.reason, verdict.reason_class);
    }
  }
  if (input.number > 0) {
    object[input.form == InputForm::kLogLine ? "line" : "message"] =
        input.number;
  }
  PrintJson(object);
}

void PrintJudgement(const Input& input, const Judgement& judgement,
                    const std::string& taxonomy) {
  fmt::print("{}{}: {}\n", Printable(input.file, 400), PlaceOf(input),
             judgement.kind);
  if (input.form == InputForm::kText) {
    fmt::print("  read as the words of a failure, not as a message\n");
  }
  for (const Witness& witness : judgement.recipients) {
    PrintRecipient(witness, taxonomy);
  }
  const std::string_view meaning = MeaningOf(judgement);
  if (!meaning.empty()) fmt::print("  {}\n", meaning);
  const std::size_t omitted = judgement.reading.report.recipients_omitted;
  if (omitted > 0) fmt::print("  and {} more recipients\n", omitted);
  if (judgement.reading.truncated) {
    fmt::print("  only the beginning was read: a limit was reached\n");
  }
}

}  // namespace postbounce
