#include "store/orders.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/person.h"
#include "daemon/cli/progress.h"
#include "daemon/cli/verb.h"
#include "daemon/order_request.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::string verb;
  std::vector<std::string> addresses;
  std::vector<std::string> domains;
  std::string file;
  std::string scope;
  std::string reason;
  std::string until;
  std::string why;
  bool remove = false;
  bool json = false;
};

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Result<void> AddSubject(std::string_view text, std::vector<std::string>* all) {
  const auto subject = Subject::Parse(text);
  if (!subject) return subject.error();
  all->push_back(subject->ToString());
  return {};
}

Result<void> AddLines(std::istream& lines, const std::string& name,
                      std::vector<std::string>* all) {
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::string_view text = line;
    if (number == 1 && text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    }
    text = Trim(text);
    if (text.empty() || text.starts_with('#')) continue;
    const auto added = AddSubject(text, all);
    if (added) continue;
    return Error(added.error().code(),
                 fmt::format("{}:{}: {}", name, number, added.error().text()),
                 added.error().bytes());
  }
  return {};
}

Result<void> AddFile(const std::string& name, std::vector<std::string>* all) {
  if (name == "-") return AddLines(std::cin, "standard input", all);
  std::ifstream file(name);
  if (!file) {
    return Error(ErrorCode::kNotFound,
                 fmt::format("{}: {}", name, std::strerror(errno)));
  }
  return AddLines(file, name, all);
}

// All of them, before anything is done: one that is wrong stops all.
Result<std::vector<std::string>> SubjectsOf(const Options& options) {
  std::vector<std::string> all;
  for (const std::string& address : options.addresses) {
    const auto added = AddSubject(address, &all);
    if (!added) return added.error();
  }
  for (const std::string& domain : options.domains) {
    const auto added =
        AddSubject(domain.starts_with('@') ? domain : "@" + domain, &all);
    if (!added) return added.error();
  }
  if (options.file.empty()) return all;
  const auto added = AddFile(options.file, &all);
  if (!added) return added.error();
  return all;
}

json::object RequestOf(const Options& options) {
  json::object request;
  request["verb"] = options.remove ? "disallow" : options.verb;
  request["actor"] = PersonAtKeyboard();
  request["why"] = options.why;
  request["scope"] = options.scope;
  request["reason"] = options.reason;
  request["until"] = options.until;
  return request;
}

int RunOrder(CommandLine& line, const Options& options) {
  const auto subjects = SubjectsOf(options);
  if (!subjects) return Complain(subjects.error());
  json::object request = RequestOf(options);
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  std::int64_t changed = 0;
  Progress progress;
  for (std::size_t i = 0; i < subjects->size(); i += kMaxSubjects) {
    const std::size_t end = std::min(subjects->size(), i + kMaxSubjects);
    json::array page;
    for (std::size_t k = i; k < end; ++k) page.emplace_back((*subjects)[k]);
    request["addresses"] = std::move(page);
    const auto answer = asker->Ask(request);
    if (!answer) {
      progress.Clear();
      if (i > 0) PrintError("postbounce: {} were done\n", i);
      return Complain(answer.error());
    }
    changed += answer->at("affected").to_number<std::int64_t>();
    for (std::size_t k = i; k < end; ++k) progress.Step();
  }
  progress.Clear();
  if (options.json) {
    json::object result;
    result["addresses"] = subjects->size();
    result["changed"] = changed;
    PrintJson(result);
  } else {
    fmt::print("{} of {} changed{}\n", changed, subjects->size(),
               options.verb == OrderName(OrderKind::kRemove)
                   ? "; what has failed so far counts no more"
                   : "");
  }
  return kExitDone;
}

// What CLI11 cannot be told: that one of three is wanted.
void RequireSubject(const Options& options) {
  if (options.addresses.empty() && options.domains.empty() &&
      options.file.empty()) {
    throw CLI::RequiredError("ADDRESS, --domain or --file");
  }
}

CLI::App* AddOrder(CLI::App& app, CommandLine& line, const char* name,
                   const char* help, const std::shared_ptr<Options>& options) {
  options->verb = name;
  CLI::App* verb = app.add_subcommand(name, help);
  verb->add_option("ADDRESS", options->addresses,
                   "addresses; \"@example.org\" is all of a domain");
  // One value an option, or it would take the addresses behind it.
  verb->add_option("--domain", options->domains, "all of a domain")
      ->allow_extra_args(false);
  verb->add_option("--file", options->file,
                   "a file with one address a line; \"-\": standard input");
  verb->add_option("--why", options->why, "what others should know of it");
  verb->add_flag("--json", options->json, "one JSON object");
  verb->callback([&line, options] {
    RequireSubject(*options);
    line.exit_code = RunOrder(line, *options);
  });
  return verb;
}

}  // namespace

void AddOrderVerbs(CLI::App& app, CommandLine& line) {
  const auto suppress = std::make_shared<Options>();
  CLI::App* verb = AddOrder(app, line, "suppress",
                            "Suppresses addresses or domains", suppress);
  verb->add_option("--reason", suppress->reason, "why, as a reason's name");
  verb->add_option("--scope", suppress->scope, "only for mail of this scope");
  verb->add_option("--until", suppress->until,
                   "a date, or how long: 2027-01-01, 90d");

  const auto remove = std::make_shared<Options>();
  verb = AddOrder(app, line, "remove", "Takes addresses off the list", remove);
  verb->add_option("--scope", remove->scope, "only for mail of this scope");

  const auto allow = std::make_shared<Options>();
  verb = AddOrder(app, line, "allow",
                  "Puts addresses on the allow-list, which always wins", allow);
  CLI::Option* until = verb->add_option("--until", allow->until,
                                        "a date, or how long: 2027-01-01, 90d");
  verb->add_flag("--remove", allow->remove, "take them off the allow-list")
      ->excludes(until);
}

}  // namespace postbounce
