#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "classifier/reason.h"
#include "daemon/cli/verb.h"
#include "daemon/judgement.h"
#include "daemon/runtime.h"
#include "daemon/to_json.h"
#include "mime/text/limits.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

struct Options {
  std::vector<std::string> files;
  bool json = false;
};

// A message from a file or, for "-", from standard input: the first
// limits::kMessageSize bytes of it.
Result<std::string> ReadMessage(const std::string& name) {
  const int fd = name == "-" ? dup(STDIN_FILENO)
                             : open(name.c_str(), O_RDONLY | O_CLOEXEC);
  const auto error = [&] {
    return Error(ErrorCode::kNotFound,
                 fmt::format("cannot read {}: {}", Printable(name, 200),
                             std::strerror(errno)));
  };
  if (fd < 0) return error();
  std::string bytes;
  struct stat info;
  std::size_t step = 64u << 10;
  if (fstat(fd, &info) == 0 && info.st_size > 0) {
    step = static_cast<std::size_t>(info.st_size) + 1;
  }
  ssize_t size = 1;
  while (size > 0 && bytes.size() < limits::kMessageSize) {
    const std::size_t before = bytes.size();
    const std::size_t room = std::min(step, limits::kMessageSize - before);
    bytes.resize(before + room);
    size = read(fd, bytes.data() + before, room);
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  }
  const bool failed = size < 0;
  auto result = failed ? Result<std::string>(error())
                       : Result<std::string>(std::move(bytes));
  close(fd);
  return result;
}

void PrintField(std::string_view name, std::string_view text,
                std::size_t max = 400) {
  if (!text.empty()) {
    fmt::print("    {:<11}{}\n", name, Printable(text, max));
  }
}

void PrintRecipient(const Witness& witness) {
  const Verdict& verdict = witness.verdict;
  const ReasonInfo& info = InfoOf(verdict.reason);
  const std::string who = witness.mailed ? witness.mailed->ToString()
                                         : std::string("(nobody readable)");
  fmt::print("  {}: {}\n", Printable(who, 400), info.name);
  fmt::print("    {:<11}{}\n", "means", info.meaning);
  fmt::print("    {:<11}{}, the fault of the {}\n", "class",
             ClassName(verdict.reason_class), FaultName(verdict.fault));
  fmt::print("    {:<11}{}\n", "do", info.advice);
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
}

void PrintJudgement(const std::string& file, const Judgement& judgement) {
  fmt::print("{}: {}\n", Printable(file, 400), judgement.kind);
  for (const Witness& witness : judgement.recipients) PrintRecipient(witness);
  const std::size_t omitted = judgement.reading.report.recipients_omitted;
  if (omitted > 0) fmt::print("  and {} more recipients\n", omitted);
  if (judgement.reading.truncated) {
    fmt::print("  only the beginning was read: a limit was reached\n");
  }
}

// A daemon's own rules count here too, but none is needed.
Result<RuleSet> RulesFor(const CommandLine& line) {
  if (line.config_path.empty() && access(kDefaultConfigPath, R_OK) != 0) {
    return LoadRules({});
  }
  const auto config = LoadConfig(line.config_path.empty() ? kDefaultConfigPath
                                                          : line.config_path);
  if (!config) return config.error();
  return LoadRules(config->rules_files);
}

int RunExplain(CommandLine& line, const Options& options) {
  const auto rules = RulesFor(line);
  if (!rules) return Complain(rules.error());
  int exit_code = kExitDone;
  for (const std::string& file : options.files) {
    const auto bytes = ReadMessage(file);
    if (!bytes) {
      exit_code = Complain(bytes.error());
      continue;
    }
    const Judgement judgement = Judge(*bytes, ReadOptions{}, *rules);
    if (options.json) {
      PrintJson(ToJson(file, judgement));
    } else {
      PrintJudgement(file, judgement);
    }
  }
  return exit_code;
}

}  // namespace

void AddExplainVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  options->files = {"-"};
  CLI::App* verb = app.add_subcommand(
      "explain", "Says what a bounce means; needs no daemon and no store");
  verb->add_option("FILE", options->files,
                   "messages, a file each; \"-\" is standard input");
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options] { line.exit_code = RunExplain(line, *options); });
}

}  // namespace postbounce
