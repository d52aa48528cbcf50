#include "classifier/rule_file.h"

#include <re2/re2.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "classifier/pattern.h"
#include "mime/text/result.h"
#include "mime/text/text.h"
#include "mime/text/toml_keys.h"

namespace postbounce {
namespace {

// Verdict::rule uses these for what no rule decided.
constexpr std::array<std::string_view, 2> kReservedNames = {"none",
                                                            "own-refusal"};

std::string Where(const RuleFile& file, const toml::source_region& region) {
  return file.name + ":" + std::to_string(region.begin.line);
}

// Reads the keys of one [[rule]] and notes what is wrong with them.
class RuleReader {
 public:
  RuleReader(const RuleFile& file, const toml::table& table,
             std::vector<RuleError>* errors)
      : file_(file), table_(table), errors_(errors) {
    rule_.where = Where(file, table.source());
  }

  RuleSource Read() {
    RefuseUnknownKeys();
    ReadName();
    ReadMatch();
    ReadRemote();
    ReadReason();
    ReadFault();
    ReadWords();
    ReadExamples();
    return std::move(rule_);
  }

 private:
  void Complain(const toml::node& node, const std::string& what,
                std::string_view bytes = {}) {
    const Error error(ErrorCode::kSyntax, what, bytes);
    errors_->push_back({Where(file_, node.source()), error.ToString()});
  }

  void RefuseUnknownKeys() {
    constexpr std::array<std::string_view, 10> kKeys = {
        "name",  "match",      "remote", "remote_example", "reason",
        "fault", "permanence", "weak",   "second_day",     "examples"};
    for (const auto& [key, node] : table_) {
      const std::string_view name = key.str();
      if (std::find(kKeys.begin(), kKeys.end(), name) == kKeys.end()) {
        Complain(node, "unknown key", name);
      }
    }
  }

  // The string under `key`. Its absence is an error only if it is `required`.
  std::optional<std::string> String(std::string_view key, bool required) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) {
      if (required) Complain(table_, "missing key", key);
      return std::nullopt;
    }
    if (!node->is_string()) {
      Complain(*node, "not a string", key);
      return std::nullopt;
    }
    return node->as_string()->get();
  }

  bool Flag(std::string_view key) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return false;
    if (!node->is_boolean()) Complain(*node, "not a boolean", key);
    return node->value_or(false);
  }

  void ReadName() {
    const std::optional<std::string> name = String("name", true);
    if (!name) return;
    rule_.name = *name;
    const bool good = !name->empty() && name->size() <= 64 &&
                      std::all_of(name->begin(), name->end(), [](char c) {
                        return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-';
                      });
    if (!good) {
      Complain(table_,
               "a name is 1 to 64 lower-case letters, digits and hyphens",
               *name);
    }
    if (std::find(kReservedNames.begin(), kReservedNames.end(), *name) !=
        kReservedNames.end()) {
      Complain(table_, "this name is reserved", *name);
    }
  }

  void ReadMatch() {
    std::optional<std::string> match = String("match", true);
    if (!match) return;
    const toml::node& node = *table_.get("match");
    if (match->size() > kMaxPatternSize) {
      Complain(node, "the expression is too long", *match);
      return;
    }
    rule_.match_where = Where(file_, node.source());
    rule_.match = std::move(*match);
  }

  void ReadRemote() {
    const std::optional<std::string> remote = String("remote", false);
    const std::optional<std::string> example =
        String("remote_example", remote.has_value());
    if (!remote) {
      if (example) {
        Complain(*table_.get("remote_example"),
                 "remote_example without remote");
      }
      return;
    }
    const toml::node& node = *table_.get("remote");
    if (remote->size() > kMaxPatternSize) {
      Complain(node, "the expression is too long", *remote);
      return;
    }
    const RE2 regex(*remote, PatternOptions());
    const std::string fault = CheckMatch(regex);
    if (!fault.empty()) {
      Complain(node, fault, *remote);
    } else if (example && !RE2::PartialMatch(*example, regex)) {
      Complain(*table_.get("remote_example"),
               "remote does not fit remote_example", *example);
    }
    rule_.remote = *remote;
    rule_.remote_example = example.value_or("");
  }

  void ReadReason() {
    const std::optional<std::string> name = String("reason", true);
    if (!name) return;
    const std::optional<Reason> reason = ParseReason(*name);
    if (!reason) {
      Complain(*table_.get("reason"), "unknown reason", *name);
      return;
    }
    rule_.reason = *reason;
  }

  void ReadFault() {
    const std::optional<std::string> name = String("fault", false);
    if (!name) return;
    const toml::node& node = *table_.get("fault");
    if (rule_.reason != Reason::kRelayDenied) {
      Complain(node, "only relay-denied may state its fault");
    } else if (*name == FaultName(Fault::kSender)) {
      rule_.fault = Fault::kSender;
    } else if (*name == FaultName(Fault::kDomain)) {
      rule_.fault = Fault::kDomain;
    } else {
      Complain(node, "fault is \"sender\" or \"domain\"", *name);
    }
  }

  void ReadWords() {
    if (const auto permanence = String("permanence", false)) {
      if (*permanence != "temporary") {
        Complain(*table_.get("permanence"),
                 "permanence can only be \"temporary\"", *permanence);
      }
      rule_.temporary = true;
    }
    rule_.weak = Flag("weak");
    rule_.second_day = Flag("second_day");
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
        continue;
      }
      rule_.examples.push_back(
          {Where(file_, example.source()), example.as_string()->get()});
    }
  }

  const RuleFile& file_;
  const toml::table& table_;
  std::vector<RuleError>* errors_;
  RuleSource rule_;
};

// The tables under the only key that a file may have.
const toml::array* RulesOf(const RuleFile& file, const toml::table& root,
                           std::vector<RuleError>* errors) {
  const toml::array* rules = nullptr;
  for (const auto& [key, node] : root) {
    if (key.str() != "rule") {
      errors->push_back({Where(file, node.source()),
                         "unknown key: \"" + Printable(key.str(), 80) + '"'});
    } else if (node.as_array() == nullptr) {
      errors->push_back(
          {Where(file, node.source()), "rules are written [[rule]]"});
    } else if (node.as_array()->size() > kMaxRulesPerFile) {
      errors->push_back({file.name, "too many rules"});
    } else {
      rules = node.as_array();
    }
  }
  return rules;
}

RuleFileContents ReadRules(const RuleFile& file, const toml::table& root) {
  RuleFileContents contents;
  const toml::array* tables = RulesOf(file, root, &contents.errors);
  if (tables == nullptr) return contents;
  std::unordered_map<std::string, std::string> places;
  for (const toml::node& table : *tables) {
    const std::string where = Where(file, table.source());
    if (!table.is_table()) {
      contents.errors.push_back({where, "rules are written [[rule]]"});
      continue;
    }
    const std::size_t errors = contents.errors.size();
    RuleSource rule =
        RuleReader(file, *table.as_table(), &contents.errors).Read();
    rule.is_shipped = file.is_shipped;
    const auto [known, is_new] = places.emplace(rule.name, where);
    if (!is_new && !rule.name.empty()) {
      contents.errors.push_back({where, "a second rule of the name " +
                                            rule.name + ", as at " +
                                            known->second});
    }
    if (contents.errors.size() == errors) {
      contents.rules.push_back(std::move(rule));
    }
  }
  return contents;
}

}  // namespace

std::string CheckMatch(const RE2& match) {
  if (!match.ok()) return "bad expression: " + match.error();
  if (RE2::PartialMatch("", match)) return "the expression fits any text";
  return "";
}

RuleFileContents ReadRuleFile(const RuleFile& file) {
  if (file.text.size() > kMaxRuleFileSize) {
    return {{}, {{file.name, "the file is too large"}}};
  }
  if (const auto line = FindDeepKey(file.text)) {
    return {{}, {{file.name + ":" + std::to_string(*line), "too many dots"}}};
  }
  try {
    return ReadRules(file, toml::parse(file.text, file.name));
  } catch (const toml::parse_error& error) {
    return {
        {},
        {{Where(file, error.source()), Printable(error.description(), 200)}}};
  }
}

}  // namespace postbounce
