#include "classifier/rule_file.h"

#include <re2/re2.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "classifier/pattern.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

// Verdict::rule uses these for what no rule decided.
constexpr std::array<std::string_view, 2> kReservedNames = {"none",
                                                            "own-refusal"};

std::string Where(const RuleFile& file, const toml::source_region& region) {
  return file.name + ":" + std::to_string(region.begin.line);
}

// Reads the keys of one [[rule]]. The first complaint stays, and every later
// step is then a no-op: Finish() reports it.
class RuleReader {
 public:
  RuleReader(const RuleFile& file, const toml::table& table)
      : file_(file), table_(table) {
    rule_.where = Where(file, table.source());
  }

  Result<RuleSource> Read() {
    RefuseUnknownKeys();
    ReadName();
    ReadPattern("match", true, &rule_.match);
    ReadPattern("remote", false, &rule_.remote);
    ReadRemoteExample();
    ReadReason();
    ReadFault();
    ReadWords();
    ReadExamples();
    if (error_) return *error_;
    return std::move(rule_);
  }

 private:
  void Complain(const toml::node& node, const std::string& what,
                std::string_view bytes = {}) {
    if (error_) return;
    error_ = Error(ErrorCode::kSyntax,
                   Where(file_, node.source()) + ": " + what, bytes);
  }

  void RefuseUnknownKeys() {
    constexpr std::array<std::string_view, 9> kKeys = {
        "name",  "match",      "remote", "remote_example", "reason",
        "fault", "permanence", "weak",   "examples"};
    for (const auto& [key, node] : table_) {
      const std::string_view name = key.str();
      if (std::find(kKeys.begin(), kKeys.end(), name) == kKeys.end()) {
        Complain(node, "unknown key", name);
      }
    }
  }

  // The string under `key`; empty when it is absent and not `required`.
  std::string String(std::string_view key, bool required) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      if (required) Complain(table_, "missing key", key);
      return "";
    }
    if (!node->is_string()) {
      Complain(*node, "not a string", key);
      return "";
    }
    return node->as_string()->get();
  }

  void ReadName() {
    rule_.name = String("name", true);
    const std::string_view name = rule_.name;
    const bool good = !name.empty() && name.size() <= 64 &&
                      std::all_of(name.begin(), name.end(), [](char c) {
                        return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-';
                      });
    if (!good) {
      Complain(table_,
               "a name is 1 to 64 lower-case letters, digits and hyphens",
               name);
    }
    if (std::find(kReservedNames.begin(), kReservedNames.end(), name) !=
        kReservedNames.end()) {
      Complain(table_, "this name is reserved", name);
    }
  }

  void ReadPattern(std::string_view key, bool required, std::string* pattern) {
    *pattern = String(key, required);
    const toml::node* node = table_.get(key);
    if (error_ || node == nullptr) return;
    if (pattern->size() > kMaxPatternSize) {
      Complain(*node, "the expression is too long", *pattern);
      return;
    }
    const RE2 regex(*pattern, PatternOptions());
    if (!regex.ok()) {
      Complain(*node, "bad expression: " + regex.error(), *pattern);
    } else if (RE2::PartialMatch("", regex)) {
      Complain(*node, "the expression fits any text", *pattern);
    }
  }

  void ReadRemoteExample() {
    rule_.remote_example = String("remote_example", !rule_.remote.empty());
    if (error_ || table_.get("remote_example") == nullptr) return;
    const toml::node& node = *table_.get("remote_example");
    if (rule_.remote.empty()) {
      Complain(node, "remote_example without remote");
    } else if (!RE2::PartialMatch(rule_.remote_example,
                                  RE2(rule_.remote, PatternOptions()))) {
      Complain(node, "remote does not fit remote_example",
               rule_.remote_example);
    }
  }

  void ReadReason() {
    const std::string name = String("reason", true);
    if (error_) return;
    const std::optional<Reason> reason = ParseReason(name);
    if (!reason) {
      Complain(*table_.get("reason"), "unknown reason", name);
      return;
    }
    rule_.reason = *reason;
  }

  void ReadFault() {
    const std::string name = String("fault", false);
    if (error_ || table_.get("fault") == nullptr) return;
    if (rule_.reason != Reason::kRelayDenied) {
      Complain(*table_.get("fault"), "only relay-denied may state its fault");
    } else if (name == FaultName(Fault::kSender)) {
      rule_.fault = Fault::kSender;
    } else if (name == FaultName(Fault::kDomain)) {
      rule_.fault = Fault::kDomain;
    } else {
      Complain(*table_.get("fault"), "fault is \"sender\" or \"domain\"", name);
    }
  }

  void ReadWords() {
    const std::string permanence = String("permanence", false);
    if (const toml::node* node = table_.get("permanence")) {
      if (permanence != "temporary") {
        Complain(*node, "permanence can only be \"temporary\"", permanence);
      }
      rule_.temporary = true;
    }
    if (const toml::node* node = table_.get("weak")) {
      if (!node->is_boolean()) Complain(*node, "not a boolean", "weak");
      rule_.weak = node->value_or(false);
    }
  }

  void ReadExamples() {
    const toml::node* node = table_.get("examples");
    const toml::array* examples = node ? node->as_array() : nullptr;
    if (examples == nullptr || examples->empty()) {
      Complain(node ? *node : table_, "a rule needs a list of examples");
      return;
    }
    for (const toml::node& example : *examples) {
      if (!example.is_string()) {
        Complain(example, "an example is a string");
        return;
      }
      rule_.examples.push_back(example.as_string()->get());
    }
  }

  const RuleFile& file_;
  const toml::table& table_;
  RuleSource rule_;
  std::optional<Error> error_;
};

Result<std::vector<RuleSource>> ReadRules(const RuleFile& file,
                                          const toml::table& root) {
  const auto fail = [&](const toml::node& node, const char* what,
                        std::string_view bytes = {}) {
    return Error(ErrorCode::kSyntax, Where(file, node.source()) + ": " + what,
                 bytes);
  };
  std::vector<RuleSource> rules;
  for (const auto& [key, node] : root) {
    if (key.str() != "rule") return fail(node, "unknown key", key.str());
    const toml::array* tables = node.as_array();
    if (tables == nullptr) return fail(node, "rules are written [[rule]]");
    if (tables->size() > kMaxRulesPerFile) {
      return Error(ErrorCode::kLimit, file.name + ": too many rules");
    }
    std::unordered_set<std::string> names;
    for (const toml::node& table : *tables) {
      if (!table.is_table()) return fail(table, "rules are written [[rule]]");
      Result<RuleSource> rule = RuleReader(file, *table.as_table()).Read();
      if (!rule) return rule.error();
      if (!names.insert(rule->name).second) {
        return fail(table, "a second rule of this name", rule->name);
      }
      rules.push_back(std::move(*rule));
    }
  }
  return rules;
}

}  // namespace

Result<std::vector<RuleSource>> ParseRuleFile(const RuleFile& file) {
  if (file.text.size() > kMaxRuleFileSize) {
    return Error(ErrorCode::kLimit, file.name + ": the file is too large");
  }
  try {
    return ReadRules(file, toml::parse(file.text, file.name));
  } catch (const toml::parse_error& error) {
    return Error(ErrorCode::kSyntax, Where(file, error.source()) + ": " +
                                         std::string(error.description()));
  }
}

}  // namespace postbounce
