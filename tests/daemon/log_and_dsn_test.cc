// What Postfix logs of a delivery and what it reports of it are two forms of
// one reply, and get one verdict. The log of failed-long and failed-manylines
// was cut after 2000 bytes: they agree since rules see no more than
// the first 600 bytes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "daemon/delivery_line.h"
#include "daemon/judgement.h"
#include "daemon/runtime.h"

namespace postbounce {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolder = SOURCE_DIR "/tests/data/log-and-dsn";

std::string Contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const RuleSet& Rules() {
  static const RuleSet rules = LoadRules({}).value();
  return rules;
}

using Verdicts = std::map<std::string, Verdict>;  // by Final-Recipient

void Collect(const Judgement& judgement, Verdicts* verdicts) {
  for (const Witness& witness : judgement.recipients) {
    verdicts->emplace(witness.final_recipient, witness.verdict);
  }
}

Verdicts OfLog(const fs::path& path) {
  Verdicts verdicts;
  std::istringstream lines(Contents(path));
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = DeliveryLine::Parse(line);
    EXPECT_TRUE(parsed) << line;
    if (parsed) Collect(JudgeReport(ReportOf(*parsed), Rules()), &verdicts);
  }
  return verdicts;
}

Verdicts OfMail(const fs::path& path) {
  Verdicts verdicts;
  Collect(Judge(Contents(path), {}, Rules()), &verdicts);
  return verdicts;
}

TEST(LogAndDsnTest, BothGetTheSameVerdict) {
  std::size_t compared = 0;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() != ".log") continue;
    SCOPED_TRACE(entry.path().filename().string());
    const Verdicts log = OfLog(entry.path());
    const Verdicts mail =
        OfMail(fs::path(entry.path()).replace_extension("eml"));
    for (const auto& [recipient, verdict] : log) {
      SCOPED_TRACE(recipient);
      const auto found = mail.find(recipient);
      if (found == mail.end()) {
        ADD_FAILURE() << "not in the mail";
        continue;
      }
      EXPECT_EQ(ReasonName(verdict.reason), ReasonName(found->second.reason));
      EXPECT_EQ(verdict.rule, found->second.rule);
      EXPECT_EQ(ClassName(verdict.reason_class),
                ClassName(found->second.reason_class));
      EXPECT_EQ(verdict.status, found->second.status);
      EXPECT_EQ(verdict.reply, found->second.reply);
      ++compared;
    }
  }
  EXPECT_GE(compared, 45u);
}

}  // namespace
}  // namespace postbounce
