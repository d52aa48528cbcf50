#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/list_check.h"
#include "daemon/cli/list_reader.h"
#include "daemon/cli/progress.h"
#include "daemon/cli/split_files.h"
#include "daemon/cli/verb.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kComplaints = 5;  // of addresses that are invalid

struct Options {
  std::vector<std::string> addresses;
  std::vector<std::string> files;
  ListFormat format;
  std::string delimiter = ",";
  json::object request = {{"verb", "check"}};  // without addresses
  std::string sender;
  std::string user;
  std::string scope;
  std::string split;
  std::vector<std::string> only;
  bool json = false;
};

// Only the suppressed are on the list for a reason, and the held might be.
std::string_view ReasonOf(const json::object& result) {
  const std::string_view reason = TextField(result, "reason");
  return reason.empty() ? "-" : reason;
}

void PrintResult(Advice advice, const json::object& result, bool as_json) {
  if (as_json) return PrintJson(result);
  fmt::print("{:<11} {:<20} {}\n", AdviceName(advice), ReasonOf(result),
             ShownField(result, "address", 400));
}

Result<json::object> CheckOne(Asker& asker, json::object request,
                              const std::string& address) {
  const std::string why_not = WhyNotAsked(address);
  if (!why_not.empty()) return InvalidResult(address, why_not);
  request["addresses"] = json::array{json::value(address)};
  auto answer = asker.Ask(request);
  if (!answer) return answer;
  return std::move(answer->at("results").as_array().at(0).as_object());
}

int RunAddresses(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kQuery);
  if (!asker) return line.exit_code;
  int exit_code = kExitDone;
  for (const std::string& address : options.addresses) {
    const auto result = CheckOne(*asker, options.request, address);
    if (!result) return Complain(result.error());
    const Advice advice = AdviceOf(*result);
    PrintResult(advice, *result, options.json);
    if (advice == Advice::kInvalid) {
      exit_code = Complain(
          Error(ErrorCode::kSyntax, std::string(TextField(*result, "error"))));
    } else if (advice == Advice::kSuppressed && exit_code == kExitDone) {
      exit_code = kExitNo;
    }
  }
  return exit_code;
}

Result<std::vector<OpenFile>> OpenFiles(std::vector<std::string> names) {
  if (names.empty()) names = {"-"};
  std::vector<OpenFile> files;
  for (const std::string& name : names) {
    Fd fd(name == "-" ? dup(STDIN_FILENO)
                      : open(name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.is_open()) {
      return Error(ErrorCode::kNotFound,
                   fmt::format("cannot read {}: {}", Printable(name, 200),
                               std::strerror(errno)));
    }
    files.push_back({std::move(fd), name});
  }
  return files;
}

// Where the rows of a list go.
class Output {
 public:
  explicit Output(const Options& options) : options_(options) {}

  Result<void> Open(const std::string& header) {
    if (!options_.split.empty()) return split_.Open(options_.split, header);
    if (!options_.only.empty()) PrintBytes(header);
    return {};
  }

  void Take(const CheckedRow& row) {
    counts_.Add(row.advice, TextField(row.result, "reason"));
    if (row.advice == Advice::kInvalid) ComplainOf(row);
    if (!options_.split.empty() || !options_.only.empty()) {
      TakeVerbatim(row);
    } else {
      PrintRow(row);
    }
    progress_.Step();
  }

  Result<void> Finish() {
    progress_.Clear();
    if (!options_.split.empty()) {
      const auto done = split_.Finish();
      if (!done) return done.error();
    }
    if (invalid_ > kComplaints) {
      PrintError("postbounce: and {} more that are invalid\n",
                 invalid_ - kComplaints);
    }
    PrintError("{}", counts_.Summary());
    return {};
  }

 private:
  static void PrintBytes(std::string_view bytes) {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  }

  void PrintRow(const CheckedRow& row) const {
    if (!options_.json) return PrintResult(row.advice, row.result, false);
    json::object result = row.result;
    result["file"] = Printable(row.file, 4096);
    result["line"] = row.listed.row.line;
    PrintJson(result);
  }

  void TakeVerbatim(const CheckedRow& row) {
    std::string bytes = row.listed.row.bytes;
    if (!bytes.ends_with('\n')) bytes += '\n';
    if (!options_.split.empty()) return split_.Write(row.advice, bytes);
    const auto wanted = std::find(options_.only.begin(), options_.only.end(),
                                  AdviceName(row.advice));
    if (wanted != options_.only.end()) PrintBytes(bytes);
  }

  void ComplainOf(const CheckedRow& row) {
    if (++invalid_ > kComplaints) return;
    progress_.Clear();
    PrintError("postbounce: {}:{}: {}\n", Printable(row.file, 200),
               row.listed.row.line, ShownField(row.result, "error", 400));
  }

  const Options& options_;
  SplitFiles split_;
  CheckCounts counts_;
  Progress progress_;
  std::uint64_t invalid_ = 0;
};

// All files are opened, and the parts given their names, as who runs this: in
// between it may be the owner of the store.
Result<void> SplitList(CommandLine& line, const Options& options) {
  auto files = OpenFiles(options.files);
  if (!files) return files.error();
  ListReader reader(*std::move(files), options.format);
  const auto header = reader.ReadHeader();
  if (!header) return header.error();
  Output output(options);
  const auto open = output.Open(*header);
  if (!open) return open.error();
  auto asker = OpenAsker(AskerOptionsOf(line, Door::kQuery));
  if (!asker) return asker.error();
  const auto checked =
      CheckList(**asker, reader, options.request,
                [&](const CheckedRow& row) { output.Take(row); });
  if (!checked) return checked.error();
  asker->reset();
  return output.Finish();
}

// Of which mail is asked.
Result<void> SetWhose(Options* options) {
  const std::pair<const char*, const std::string*> whose[] = {
      {"sender", &options->sender},
      {"user", &options->user},
      {"scope", &options->scope}};
  for (const auto& [name, text] : whose) {
    if (text->empty()) continue;
    const std::string why_not = WhyNotAsked(*text);
    if (!why_not.empty()) {
      return Error(ErrorCode::kSyntax, fmt::format("--{}: {}", name, why_not));
    }
    options->request[name] = *text;
  }
  return {};
}

int RunCheck(CommandLine& line, Options& options) {
  const auto whose = SetWhose(&options);
  if (!whose) return Complain(whose.error());
  if (!options.addresses.empty()) return RunAddresses(line, options);
  options.format.delimiter =
      options.delimiter == "tab" ? '\t' : options.delimiter.front();
  const auto done = SplitList(line, options);
  return done ? kExitDone : Complain(done.error());
}

std::string WhyNoDelimiter(const std::string& text) {
  const bool is_one = text.size() == 1 && text != "\"" && text != "\n" &&
                      text != "\r" && IsAscii(text);
  return is_one || text == "tab" ? "" : "one character, or the word tab";
}

std::string WhyNoPrefix(const std::string& text) {
  return !text.empty() && text.back() != '/'
             ? ""
             : "a prefix is the beginning of a file name";
}

}  // namespace

void AddCheckVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "check", "Whether addresses, or those of a whole list, may be mailed");
  CLI::Option* addresses = verb->add_option(
      "ADDRESS", options->addresses,
      "the addresses (exit code 1 if one is suppressed); none: lists are read");
  CLI::Option* file = verb->add_option("--file", options->files,
                                       "read this list, not standard input");
  CLI::Option* column = verb->add_option(
      "--column", options->format.column,
      "lists are CSV: the name of the column with the addresses; or its "
      "number, from 1, where the first row has no names");
  CLI::Option* delimiter =
      verb->add_option("--delimiter", options->delimiter,
                       "what is between columns: one character, or tab")
          ->needs(column)
          ->check(CLI::Validator(WhyNoDelimiter, "CHARACTER"))
          ->capture_default_str();
  CLI::Option* sender =
      verb->add_option("--sender", options->sender,
                       "also what is suppressed for mail of this sender alone");
  CLI::Option* user =
      verb->add_option("--user", options->user,
                       "the same of who has logged in as this to send it");
  verb->add_option("--scope", options->scope, "the same of mail of this scope")
      ->excludes(sender)
      ->excludes(user);
  CLI::Option* split =
      verb->add_option(
              "--split", options->split,
              "write the rows to SPLIT.sendable, .suppressed, .held and "
              ".invalid")
          ->check(CLI::Validator(WhyNoPrefix, "PREFIX"));
  CLI::Option* only =
      verb->add_option("--only", options->only,
                       "print only these rows: sendable, suppressed, held or "
                       "invalid; or several, with commas between them")
          ->delimiter(',')
          ->allow_extra_args(false)
          ->check(CLI::IsMember(std::vector<std::string>(kAdviceNames.begin(),
                                                         kAdviceNames.end())))
          ->excludes(split);
  CLI::Option* as_json =
      verb->add_flag("--json", options->json, "one JSON object a line");
  as_json->excludes(split)->excludes(only);
  for (CLI::Option* of_lists : {file, column, delimiter, split, only}) {
    addresses->excludes(of_lists);
  }
  verb->callback(
      [&line, options] { line.exit_code = RunCheck(line, *options); });
}

}  // namespace postbounce
