#include "daemon/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <type_traits>
#include <utility>

#include "daemon/endpoint.h"
#include "mime/text/address.h"
#include "mime/text/text.h"
#include "mime/text/toml_keys.h"

namespace postbounce {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::size_t kMaxFile = 16u << 20;

constexpr Unit kSizeUnits[] = {
    {"B", 1}, {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}};
constexpr Unit kDurationUnits[] = {
    {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

std::optional<std::uint64_t> ParseQuantity(std::string_view text,
                                           std::span<const Unit> units) {
  std::string_view rest = text;
  const std::optional<int> number = TakeNumber(&rest, 9);
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (rest == unit.name) {
      return static_cast<std::uint64_t>(*number) * unit.factor;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> ParseOctal(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  std::uint64_t mode = 0;
  for (char c : text) {
    if (c < '0' || c > '7') return std::nullopt;
    mode = mode * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return mode;
}

// Nothing here asks who a client is, so none may come from other hosts.
std::string CheckSocket(ParameterType type, const std::string& text) {
  const auto endpoint = Endpoint::Parse(text);
  if (!endpoint) return endpoint.error().text();
  if (endpoint->is_unix()) return "";
  if (type == ParameterType::kUnixSocket) return "it must be a unix socket";
  return endpoint->host.starts_with("127.") || endpoint->host == "::1"
             ? ""
             : "an inet socket must be on loopback";
}

// What is wrong with a text value; empty when nothing is.
std::string CheckText(ParameterType type, const std::string& text) {
  switch (type) {
    case ParameterType::kUnixSocket:
    case ParameterType::kSocketList:
      return CheckSocket(type, text);
    case ParameterType::kPath:
    case ParameterType::kPathList:
      return text.starts_with('/') ? "" : "the path must be absolute";
    case ParameterType::kAddress: {
      if (text.empty()) return "";
      const auto address = Address::Parse(text);
      return address ? "" : address.error().text();
    }
    case ParameterType::kLogLevel:
      for (std::string_view level : {"error", "warning", "info", "debug"}) {
        if (text == level) return "";
      }
      return "it is error, warning, info or debug";
    case ParameterType::kText:
    case ParameterType::kTextList:
    case ParameterType::kFlag:
    case ParameterType::kNumber:
    case ParameterType::kSize:
    case ParameterType::kDuration:
    case ParameterType::kMode:
      return "";
  }
  return "";
}

std::optional<std::uint64_t> ReadNumber(const Parameter& parameter,
                                        const toml::node& node) {
  if (parameter.type == ParameterType::kNumber) {
    const auto number = node.value_exact<std::int64_t>();
    if (!number || *number < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*number);
  }
  const auto text = node.value_exact<std::string_view>();
  if (!text) return std::nullopt;
  if (parameter.type == ParameterType::kMode) return ParseOctal(*text);
  return parameter.type == ParameterType::kSize
             ? ParseQuantity(*text, kSizeUnits)
             : ParseQuantity(*text, kDurationUnits);
}

std::string_view Expected(ParameterType type) {
  switch (type) {
    case ParameterType::kText:
    case ParameterType::kAddress:
    case ParameterType::kUnixSocket:
    case ParameterType::kPath:
    case ParameterType::kLogLevel:
      return "a text in quotes is wanted";
    case ParameterType::kTextList:
    case ParameterType::kSocketList:
    case ParameterType::kPathList:
      return "a list of texts is wanted, such as [\"a\", \"b\"]";
    case ParameterType::kFlag:
      return "true or false is wanted";
    case ParameterType::kNumber:
      return "a whole number is wanted";
    case ParameterType::kSize:
      return "a size in quotes is wanted, such as \"64MiB\"";
    case ParameterType::kDuration:
      return "a duration in quotes is wanted, such as \"30d\"";
    case ParameterType::kMode:
      return "octal permissions in quotes are wanted, such as \"0660\"";
  }
  return "";
}

// Sets one parameter; the text says what is wrong, empty when nothing is.
std::string SetText(const Parameter& parameter, const toml::node& node,
                    std::string* member) {
  const auto text = node.value_exact<std::string>();
  if (!text) return std::string(Expected(parameter.type));
  *member = *text;
  return CheckText(parameter.type, *text);
}

std::string SetList(const Parameter& parameter, const toml::node& node,
                    std::vector<std::string>* member) {
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

std::string SetNumber(const Parameter& parameter, const toml::node& node,
                      std::uint64_t* member) {
  const auto number = ReadNumber(parameter, node);
  if (!number) return std::string(Expected(parameter.type));
  if (*number < parameter.min || *number > parameter.max) {
    return fmt::format("out of range: {} to {}", parameter.min, parameter.max);
  }
  *member = *number;
  return "";
}

std::string Set(const Parameter& parameter, const toml::node& node,
                Config* config) {
  return std::visit(
      [&](auto member) -> std::string {
        auto* value = &(config->*member);
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

const Parameter* FindParameter(std::string_view name) {
  for (const Parameter& parameter : AllParameters()) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

Config Defaults() {
  Config config;
  for (const Parameter& parameter : AllParameters()) {
    const toml::table table =
        toml::parse(fmt::format("v = {}", parameter.default_value));
    Set(parameter, *table.get("v"), &config);
  }
  return config;
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

void ReadSection(std::string_view section, const toml::table& table,
                 Config* config, Complaints* complaints) {
  for (const auto& [key, node] : table) {
    const std::string name = fmt::format("{}.{}", section, key.str());
    const std::string shown = Printable(name, 80);
    const Parameter* parameter = FindParameter(name);
    if (parameter == nullptr) {
      complaints->Add(node.source(), "there is no parameter " + shown);
      continue;
    }
    const std::string wrong = Set(*parameter, node, config);
    if (!wrong.empty())
      complaints->Add(node.source(), fmt::format("{}: {}", shown, wrong));
  }
}

}  // namespace

Result<Config> ParseConfig(std::string_view text, std::string_view file) {
  Config config = Defaults();
  Complaints complaints(file);
  if (const auto line = FindDeepKey(text)) {
    return Error(ErrorCode::kSyntax, fmt::format("{}:{}: too many dots",
                                                 Printable(file, 200), *line));
  }
  try {
    const toml::table root = toml::parse(text, file);
    for (const auto& [key, node] : root) {
      const toml::table* section = node.as_table();
      if (section == nullptr) {
        complaints.Add(node.source(),
                       Printable(key.str(), 80) + " stands outside a section");
        continue;
      }
      ReadSection(key.str(), *section, &config, &complaints);
    }
  } catch (const toml::parse_error& error) {
    complaints.Add(error.source(), error.description());
  }
  if (!complaints.text().empty()) {
    return Error(ErrorCode::kSyntax, complaints.text());
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
  return names;
}

}  // namespace postbounce
