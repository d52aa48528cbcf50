#include "daemon/runtime.h"

#include <utility>

#include "daemon/verp_key_file.h"

namespace postbounce {

Result<RuleSet> LoadRules(const std::vector<std::string>& own_files) {
  std::vector<RuleFile> files;
  for (const std::string& path : own_files) {
    auto text = ReadFile(path);
    if (!text) return text.error();
    files.push_back({path, *std::move(text)});
  }
  return RulesWith(std::move(files));
}

Result<RuleSet> RulesWith(std::vector<RuleFile> own_files) {
  const auto shipped = RuleSet::Shipped();
  own_files.insert(own_files.begin(), shipped.begin(), shipped.end());
  return RuleSet::Compile(own_files);
}

Result<std::shared_ptr<const Runtime>> LoadRuntime(
    const std::string& config_path) {
  auto config = LoadConfig(config_path);
  if (!config) return config.error();
  auto rules = LoadRules(config->rules_files);
  if (!rules) return rules.error();
  auto verp_keys = LoadVerpKeys(config->verp_keys);
  if (!verp_keys) return verp_keys.error();
  ReadOptions options{config->intake_original_fields};
  Answers answers(*config);
  return std::make_shared<const Runtime>(
      Runtime{*std::move(config), *std::move(rules), std::move(options),
              *std::move(verp_keys), std::move(answers)});
}

}  // namespace postbounce
