#include "daemon/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <type_traits>
#include <utility>

#include "classifier/reason.h"
#include "daemon/config_advice.h"
#include "daemon/config_check.h"
#include "daemon/config_value.h"
#include "daemon/log_import.h"
#include "mime/text/text.h"
#include "mime/text/toml_keys.h"

namespace postbounce {
namespace {

constexpr std::size_t kMaxFile = 16u << 20;

// Sets one parameter; the text says what is wrong, empty when nothing is.
template <class Target>
std::string SetText(const ParameterOf<Target>& parameter,
                    const toml::node& node, std::string* member) {
  const auto text = node.value_exact<std::string>();
  if (!text) return std::string(Expected(parameter.type));
  *member = *text;
  return CheckText(parameter.type, *text);
}

template <class Target>
std::string SetList(const ParameterOf<Target>& parameter,
                    const toml::node& node, std::vector<std::string>* member) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return std::string(Expected(parameter.type));
  member->clear();
  for (const toml::node& item : *array) {
    const auto text = item.value_exact<std::string>();
    if (!text) return std::string(Expected(parameter.type));
    std::string wrong = CheckText(parameter.type, *text);
    if (!wrong.empty()) return wrong;
    member->push_back(*text);
  }
  return "";
}

template <class Target>
std::string SetNumber(const ParameterOf<Target>& parameter,
                      const toml::node& node, std::uint64_t* member) {
  const auto number = ReadNumber(parameter.type, node);
  if (!number) return std::string(Expected(parameter.type));
  if (*number < parameter.min || *number > parameter.max) {
    return fmt::format("out of range: {} to {}", parameter.min, parameter.max);
  }
  *member = *number;
  return "";
}

template <class Target>
std::string Set(const ParameterOf<Target>& parameter, const toml::node& node,
                Target* target) {
  return std::visit(
      [&](auto member) -> std::string {
        auto* value = &(target->*member);
        using Value = std::remove_pointer_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>) {
          return SetText(parameter, node, value);
        } else if constexpr (std::is_same_v<Value, std::uint64_t>) {
          return SetNumber(parameter, node, value);
        } else if constexpr (std::is_same_v<Value, bool>) {
          const auto flag = node.value_exact<bool>();
          if (flag) *value = *flag;
          return flag ? "" : std::string(Expected(parameter.type));
        } else {
          return SetList(parameter, node, value);
        }
      },
      parameter.member);
}

template <class Target>
Target Defaults(std::span<const ParameterOf<Target>> parameters) {
  Target target;
  for (const auto& parameter : parameters) {
    const toml::table table =
        toml::parse(fmt::format("v = {}", parameter.default_value));
    Set(parameter, *table.get("v"), &target);
  }
  return target;
}

// Collects what is wrong, a line each.
class Complaints {
 public:
  explicit Complaints(std::string_view file) : file_(file) {}
  void Add(const toml::source_region& source, std::string_view what) {
    if (!text_.empty()) text_ += '\n';
    text_ += fmt::format("{}:{}: {}", file_, source.begin.line, what);
  }
  const std::string& text() const { return text_; }

 private:
  std::string_view file_;
  std::string text_;
};

std::string NoParameter(std::string_view section, std::string_view key) {
  if (section == "policy" && ParseReason(key)) {
    return fmt::format("policy.{}: nobody is ever suppressed for this", key);
  }
  return "there is no parameter " +
         Printable(fmt::format("{}.{}", section, key), 80);
}

template <class Target>
void ReadSection(std::string_view section, const toml::table& table,
                 std::span<const ParameterOf<Target>> parameters,
                 Target* target, Complaints* complaints) {
  for (const auto& [key, node] : table) {
    const std::string name = fmt::format("{}.{}", section, key.str());
    const std::string shown = Printable(name, 80);
    const auto parameter =
        std::find_if(parameters.begin(), parameters.end(),
                     [&](const auto& one) { return one.name == name; });
    if (parameter == parameters.end()) {
      complaints->Add(node.source(), NoParameter(section, key.str()));
      continue;
    }
    const std::string wrong = Set(*parameter, node, target);
    if (!wrong.empty())
      complaints->Add(node.source(), fmt::format("{}: {}", shown, wrong));
  }
}

// What is wrong with a [[log]] as a whole; empty when nothing is.
std::string CheckLog(const LogConfig& log, const Config& config) {
  if (log.name.empty() || log.name == kImportLog) {
    return fmt::format("no log may have the name \"{}\"", log.name);
  }
  const int sources = (log.files.empty() ? 0 : 1) +
                      (log.journal.empty() ? 0 : 1) +
                      (log.socket.empty() ? 0 : 1);
  if (sources != 1) {
    return "a log has one of files, journal and socket";
  }
  for (const LogConfig& other : config.logs) {
    if (other.name == log.name) {
      return fmt::format(
          "there are two logs with the name {}; remove one, or give each "
          "its own",
          Printable(log.name, 80));
    }
  }
  return "";
}

// What is wrong with a [[scope]] as a whole; empty when nothing is.
std::string CheckScope(const Scope& scope, const Config& config) {
  if (scope.name.empty() || (scope.senders.empty() && scope.users.empty())) {
    return "a scope has a name, and senders or users";
  }
  for (const std::string& sender : scope.senders) {
    if (sender.find('*') != sender.npos || sender.starts_with('@') ||
        sender.starts_with('.') || sender.ends_with('.')) {
      return fmt::format(
          "a sender is an address, or a domain with all below it, as in "
          "\"news.example.com\"; {} is neither",
          Printable(sender, 80));
    }
  }
  for (const Scope& other : config.scopes) {
    if (other.name == scope.name) {
      return fmt::format("there are two scopes with the name {}",
                         Printable(scope.name, 80));
    }
  }
  return "";
}

// What is wrong with an [[answer]] as a whole; empty when nothing is.
std::string CheckAnswer(const AnswerConfig& answer, const Scopes& scopes) {
  if (answer.answer.empty()) return "an answer says what is answered";
  for (const std::string& scope : answer.scopes) {
    if (!scopes.MayBe(scope)) {
      return fmt::format("no mail is of the scope \"{}\"",
                         Printable(scope, 80));
    }
  }
  return "";
}

// Reads one table of an array of them. nullopt where it is none.
template <class Target>
std::optional<Target> ReadElement(
    const char* name, const toml::node& node,
    std::span<const ParameterOf<Target>> parameters, Complaints* complaints) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    complaints->Add(
        node.source(),
        fmt::format("{} is a table: write [[{}]] above it", name, name));
    return std::nullopt;
  }
  Target target = Defaults(parameters);
  ReadSection(name, *table, parameters, &target, complaints);
  return target;
}

void ReadLogs(const toml::array& array, Config* config,
              Complaints* complaints) {
  for (const toml::node& node : array) {
    auto log = ReadElement("log", node, LogParameters(), complaints);
    if (!log) continue;
    // Whoever has an account here can send to an inet socket.
    if (!node.as_table()->contains("trust") &&
        log->socket.starts_with("inet:")) {
      log->trust = "none";
    }
    const std::string wrong = CheckLog(*log, *config);
    if (!wrong.empty()) complaints->Add(node.source(), wrong);
    config->logs.push_back(*std::move(log));
  }
}

void ReadScopes(const toml::array& array, Config* config,
                Complaints* complaints) {
  for (const toml::node& node : array) {
    auto scope = ReadElement("scope", node, ScopeParameters(), complaints);
    if (!scope) continue;
    const std::string wrong = CheckScope(*scope, *config);
    if (!wrong.empty()) complaints->Add(node.source(), wrong);
    config->scopes.push_back(*std::move(scope));
  }
}

// The scopes must have been read.
void ReadAnswers(const toml::array& array, Config* config,
                 Complaints* complaints) {
  const Scopes scopes(config->scopes);
  for (const toml::node& node : array) {
    auto answer = ReadElement("answer", node, AnswerParameters(), complaints);
    if (!answer) continue;
    const std::string wrong = CheckAnswer(*answer, scopes);
    if (!wrong.empty()) complaints->Add(node.source(), wrong);
    config->answers.push_back(*std::move(answer));
  }
}

}  // namespace

Result<Config> ParseConfig(std::string_view text, std::string_view file) {
  Config config = Defaults(AllParameters());
  Complaints complaints(file);
  if (const auto line = FindDeepKey(text)) {
    return Error(ErrorCode::kSyntax, fmt::format("{}:{}: too many dots",
                                                 Printable(file, 200), *line));
  }
  try {
    const toml::table root = toml::parse(text, file);
    const toml::array* answers = nullptr;
    for (const auto& [key, node] : root) {
      if (key.str() == "answer" && node.is_array()) {
        answers = node.as_array();
        continue;
      }
      if (key.str() == "log" && node.is_array()) {
        ReadLogs(*node.as_array(), &config, &complaints);
        continue;
      }
      if (key.str() == "scope" && node.is_array()) {
        ReadScopes(*node.as_array(), &config, &complaints);
        continue;
      }
      const toml::table* section = node.as_table();
      if (section == nullptr) {
        const bool is_section = node.is_array_of_tables();
        complaints.Add(node.source(),
                       Printable(key.str(), 80) +
                           (is_section ? " is no [[section]]: log, scope and "
                                         "answer are"
                                       : " stands outside a section"));
        continue;
      }
      ReadSection(key.str(), *section, AllParameters(), &config, &complaints);
    }
    if (answers != nullptr) ReadAnswers(*answers, &config, &complaints);
  } catch (const toml::parse_error& error) {
    complaints.Add(error.source(), WithAdvice(error.description()));
  }
  if (!complaints.text().empty()) {
    return Error(ErrorCode::kSyntax, complaints.text());
  }
  const std::string wrong = CheckTogether(config);
  if (!wrong.empty()) {
    return Error(ErrorCode::kSyntax,
                 fmt::format("{}: {}", Printable(file, 200), wrong));
  }
  return config;
}

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  char chunk[1u << 14];
  while (text.size() <= kMaxFile &&
         (file.read(chunk, sizeof chunk) || file.gcount() > 0)) {
    text.append(chunk, static_cast<std::size_t>(file.gcount()));
  }
  // A folder can be opened, and not be read.
  if (!file.is_open() || file.bad()) {
    return Error(ErrorCode::kNotFound,
                 fmt::format("cannot read {}: {}", Printable(path, 200),
                             std::strerror(errno)));
  }
  if (text.size() > kMaxFile) {
    return Error(ErrorCode::kSyntax,
                 fmt::format("{} is too large", Printable(path, 200)));
  }
  return text;
}

Result<Config> LoadConfig(const std::string& path) {
  auto text = ReadFile(path);
  if (!text) return text.error();
  return ParseConfig(*text, path);
}

std::vector<std::string_view> NeedRestart(const Config& from,
                                          const Config& to) {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : AllParameters()) {
    if (parameter.reload == Reload::kLive) continue;
    const bool same =
        std::visit([&](auto member) { return from.*member == to.*member; },
                   parameter.member);
    if (!same) names.push_back(parameter.name);
  }
  if (from.logs != to.logs) names.push_back("[[log]]");
  return names;
}

}  // namespace postbounce
