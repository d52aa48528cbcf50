#include "daemon/cli/doctor/postfix_setup.h"

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/command.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

using Protocol = PostfixClient::Protocol;

constexpr std::size_t kColumns = 8;  // of master.cf, the program the last
constexpr std::size_t kShown = 300;

// Up to a blank or a comma; braces are words of their own, and what they hold
// is split, too.
std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t size = text.find_first_of(" \t,{}");
    if (size != 0) words.emplace_back(text.substr(0, size));
    if (size == std::string_view::npos) break;
    if (text[size] == '{' || text[size] == '}')
      words.emplace_back(1, text[size]);
    text.remove_prefix(size + 1);
  }
  return words;
}

std::vector<std::string> Blanks(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = Trim(text)).empty()) {
    const std::size_t size = text.find_first_of(" \t");
    words.emplace_back(text.substr(0, size));
    text.remove_prefix(std::min(size, text.size()));
  }
  return words;
}

// "NAME = value".
bool TakeParameter(std::string_view line, std::string* name,
                   std::string* value) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return false;
  *name = Trim(line.substr(0, equals));
  *value = Trim(line.substr(equals + 1));
  return true;
}

void AddService(std::string_view line, PostfixSetup* setup) {
  std::vector<std::string> words = Blanks(line);
  if (words.size() < kColumns) return;
  PostfixService service;
  service.name = words[0];
  service.type = words[1];
  // Before compatibility_level 1, which an old main.cf does not have.
  const bool is_by_default = setup->Get("compatibility_level") == "0";
  service.is_chrooted = words[4] == "y" || (words[4] == "-" && is_by_default);
  service.program = words[kColumns - 1];
  service.arguments.assign(words.begin() + kColumns, words.end());
  setup->services.push_back(std::move(service));
}

// "smtp/inet/parameter = value".
void AddOverride(std::string_view line, PostfixSetup* setup) {
  std::string name, value;
  if (!TakeParameter(line, &name, &value)) return;
  const std::size_t second = name.rfind('/');
  if (second == std::string::npos) return;
  for (PostfixService& service : setup->services) {
    if (service.ToString() != name.substr(0, second)) continue;
    service.parameters[name.substr(second + 1)] = value;
  }
}

// Which program has a parameter that asks somebody.
std::string_view ProgramOf(std::string_view parameter,
                           const std::set<std::string>& classes) {
  if (parameter == "non_smtpd_milters") return "cleanup";
  if (parameter.starts_with("smtpd_") &&
      (parameter.ends_with("_restrictions") ||
       parameter.ends_with("_milters") || parameter.ends_with("_checks"))) {
    return "smtpd";
  }
  if (classes.count(std::string(parameter)) > 0) return "smtpd";
  if (!parameter.ends_with("_maps")) return "";
  for (const char* of_cleanup : {"virtual_alias_maps", "canonical_maps",
                                 "recipient_bcc_maps", "sender_bcc_maps"}) {
    if (parameter.ends_with(of_cleanup)) return "cleanup";
  }
  for (const char* of_smtpd : {"recipient_maps", "login_maps"}) {
    if (parameter.ends_with(of_smtpd)) return "smtpd";
  }
  return parameter.starts_with("smtp_") ? "smtp" : "trivial-rewrite";
}

bool IsSocket(std::string_view word) {
  return word.starts_with("unix:") || word.starts_with("inet:");
}

// A word of a parameter's value as whom it asks. Nothing if nobody.
std::optional<PostfixClient> ClientOf(std::string_view word, bool is_policy,
                                      bool is_milter) {
  PostfixClient client{};
  if (word.starts_with("socketmap:")) {
    word.remove_prefix(10);
    client.protocol = Protocol::kSocketmap;
    client.endpoint = word.substr(0, word.rfind(':'));
  } else if (word.starts_with("tcp:")) {
    client.protocol = Protocol::kTcpTable;
    client.endpoint = "inet:" + std::string(word.substr(4));
  } else if (IsSocket(word) && (is_policy || is_milter)) {
    client.protocol = is_policy ? Protocol::kPolicy : Protocol::kMilter;
    client.endpoint = word;
  } else {
    return std::nullopt;
  }
  return client;
}

std::vector<PostfixClient> ClientsOf(const std::string& parameter,
                                     const std::string& value) {
  std::vector<PostfixClient> clients;
  const bool is_milter = parameter.ends_with("_milters");
  bool is_policy = false;
  bool in_braces = false;
  for (const std::string& word : WordsOf(value)) {
    if (word == "{" || word == "}") {
      in_braces = word == "{";
      continue;
    }
    if (auto client = ClientOf(word, is_policy, is_milter)) {
      client->parameter = parameter;
      clients.push_back(*std::move(client));
    } else if (in_braces && !clients.empty()) {
      std::string name, option;
      if (TakeParameter(word, &name, &option)) {
        clients.back().options[name] = option;
      }
    }
    is_policy = word == "check_policy_service";
  }
  return clients;
}

Result<Said> Postconf(const std::string& folder, const char* what) {
  std::vector<std::string> command = {"postconf"};
  if (!folder.empty()) command.insert(command.end(), {"-c", folder});
  command.emplace_back(what);
  auto said = RunCommand(std::move(command));
  if (!said || said->is_done) return said;
  std::string_view errors = said->errors;
  return Error(ErrorCode::kUnavailable,
               Printable(TakeLine(&errors).value_or("postconf fails"), kShown));
}

}  // namespace

std::string PostfixSetup::Get(const std::string& parameter) const {
  const auto found = parameters.find(parameter);
  return found == parameters.end() ? "" : found->second;
}

std::string PostfixSetup::Get(const PostfixService& service,
                              const std::string& parameter) const {
  const auto found = service.parameters.find(parameter);
  return found == service.parameters.end() ? Get(parameter) : found->second;
}

const PostfixService* PostfixSetup::FindTransport(std::string_view name) const {
  for (const PostfixService& service : services) {
    if (service.type == "unix" && service.name == name) return &service;
  }
  return nullptr;
}

PostfixSetup ParsePostfixSetup(std::string_view services,
                               std::string_view overrides,
                               std::string_view parameters) {
  PostfixSetup setup;
  while (const auto line = TakeLine(&parameters)) {
    std::string name, value;
    if (TakeParameter(*line, &name, &value)) setup.parameters[name] = value;
  }
  while (const auto line = TakeLine(&services)) AddService(*line, &setup);
  while (const auto line = TakeLine(&overrides)) AddOverride(*line, &setup);
  return setup;
}

Result<PostfixSetup> LoadPostfixSetup(const std::string& folder) {
  const auto services = Postconf(folder, "-M");
  if (!services) return services.error();
  const auto overrides = Postconf(folder, "-Px");
  if (!overrides) return overrides.error();
  const auto parameters = Postconf(folder, "-x");
  if (!parameters) return parameters.error();
  PostfixSetup setup = ParsePostfixSetup(services->output, overrides->output,
                                         parameters->output);
  std::string_view errors = parameters->errors;
  while (const auto line = TakeLine(&errors)) {
    setup.warnings.push_back(Printable(*line, kShown));
  }
  return setup;
}

std::vector<PostfixClient> ClientsIn(const PostfixSetup& setup) {
  const auto names = WordsOf(setup.Get("smtpd_restriction_classes"));
  const std::set<std::string> classes(names.begin(), names.end());
  std::vector<PostfixClient> all;
  const auto add = [&](const std::string& name, const std::string& value,
                       const PostfixService& service) {
    for (PostfixClient& client : ClientsOf(name, value)) {
      client.service = &service;
      all.push_back(std::move(client));
    }
  };
  for (const PostfixService& service : setup.services) {
    for (const auto& [name, value] : setup.parameters) {
      const std::string_view program = ProgramOf(name, classes);
      const bool is_its = !program.empty() && service.program == program &&
                          service.parameters.count(name) == 0;
      if (is_its) add(name, value, service);
    }
    for (const auto& [name, value] : service.parameters) {
      if (!ProgramOf(name, classes).empty()) add(name, value, service);
    }
  }
  return all;
}

}  // namespace postbounce
