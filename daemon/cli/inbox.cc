#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "daemon/base64.h"
#include "daemon/cli/verb.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  bool all = false;
  bool json = false;
  std::int64_t mail = 0;
  std::vector<std::string> mails;
};

json::object InboxRequest(bool all) {
  json::object request;
  request["verb"] = "inbox";
  request["all"] = all;
  return request;
}

int RunInbox(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  std::size_t count = 0;
  const int exit_code = EachEntry(
      *asker, InboxRequest(options.all), [&](const json::object& entry) {
        if (options.json) return PrintJson(entry);
        if (count++ == 0) {
          fmt::print("{:>6} {:<20} {:<17} {:<30} {}\n", "MAIL", "RECEIVED",
                     "KIND", "FROM", "SUBJECT");
        }
        fmt::print("{:>6} {:<20} {:<17} {:<30} {}\n",
                   entry.at("id").get_int64(), ShownField(entry, "received"),
                   ShownField(entry, "kind"), ShownField(entry, "from", 60),
                   ShownField(entry, "subject", 80));
      });
  if (exit_code == kExitDone && !options.json && count == 0) {
    fmt::print("no mail waits for a person\n");
  }
  return exit_code;
}

// The mail as it came: for a pager or a mail program, not for a terminal.
int RunShow(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  std::int64_t offset = 0;
  for (;;) {
    json::object request;
    request["verb"] = "inbox-show";
    request["mail"] = options.mail;
    request["offset"] = offset;
    const auto answer = asker->Ask(request);
    if (!answer) return Complain(answer.error());
    const auto piece = ParseBase64(TextField(*answer, "base64"));
    if (!piece) {
      return Complain(Error(ErrorCode::kUnavailable, "an unreadable answer"));
    }
    std::fwrite(piece->data(), 1, piece->size(), stdout);
    offset += static_cast<std::int64_t>(piece->size());
    if (piece->empty() ||
        offset >= answer->at("size").to_number<std::int64_t>()) {
      return kExitDone;
    }
  }
}

Result<json::array> MailNumbers(Asker& asker, const Options& options) {
  json::array numbers;
  if (options.mails.size() == 1 && options.mails[0] == "all") {
    const int exit_code = EachEntry(
        asker, InboxRequest(false),
        [&](const json::object& entry) { numbers.push_back(entry.at("id")); });
    if (exit_code != kExitDone) {
      return Error(ErrorCode::kUnavailable, "the inbox could not be read");
    }
    return numbers;
  }
  for (const std::string& mail : options.mails) {
    std::int64_t number = 0;
    if (!CLI::detail::lexical_cast(mail, number)) {
      return Error(ErrorCode::kSyntax, "a mail's number or \"all\" is wanted",
                   mail);
    }
    numbers.push_back(number);
  }
  return numbers;
}

int RunSeen(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  const auto numbers = MailNumbers(*asker, options);
  if (!numbers) return Complain(numbers.error());
  // A request has at most limits::kQueryLine bytes.
  constexpr std::size_t kStep = 100;
  std::int64_t affected = 0;
  for (std::size_t i = 0; i < numbers->size(); i += kStep) {
    const std::size_t end = std::min(numbers->size(), i + kStep);
    json::object request;
    request["verb"] = "inbox-seen";
    request["mails"] =
        json::array(numbers->begin() + i, numbers->begin() + end);
    const auto answer = asker->Ask(request);
    if (!answer) return Complain(answer.error());
    affected += answer->at("affected").to_number<std::int64_t>();
  }
  if (options.json) {
    json::object result;
    result["seen"] = affected;
    PrintJson(result);
  } else {
    fmt::print("{} mails marked as seen\n", affected);
  }
  return kExitDone;
}

}  // namespace

void AddInboxVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "inbox", "Mail from people, and bounces that name nobody");
  verb->add_flag("--all", options->all, "also those that were seen");
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->require_subcommand(0, 1);
  CLI::App* show = verb->add_subcommand("show", "Prints a mail as it came");
  show->add_option("MAIL", options->mail, "its number")->required();
  show->callback(
      [&line, options] { line.exit_code = RunShow(line, *options); });
  CLI::App* seen =
      verb->add_subcommand("seen", "Marks mails as seen: they may be pruned");
  seen->add_option("MAIL", options->mails, "their numbers, or \"all\"")
      ->required();
  seen->add_flag("--json", options->json, "one JSON object");
  seen->callback(
      [&line, options] { line.exit_code = RunSeen(line, *options); });
  verb->callback([&line, options, verb] {
    if (verb->get_subcommands().empty()) {
      line.exit_code = RunInbox(line, *options);
    }
  });
}

}  // namespace postbounce
