#include "daemon/list_policy.h"

#include <optional>
#include <string>
#include <variant>

namespace postbounce {
namespace {

std::chrono::seconds Seconds(std::uint64_t count) {
  return std::chrono::seconds(static_cast<std::int64_t>(count));
}

// The reason that a row of the parameters is about: "policy.no-such-user".
std::optional<Reason> ReasonOf(const Parameter& parameter) {
  if (parameter.type != ParameterType::kReasonPolicy) return std::nullopt;
  return ParseReason(parameter.name.substr(parameter.name.find('.') + 1));
}

}  // namespace

ListPolicy ListPolicyOf(const Config& config) {
  ListPolicy policy;
  for (const Parameter& parameter : AllParameters()) {
    const auto reason = ReasonOf(parameter);
    if (!reason) continue;
    const auto text = std::get<std::string Config::*>(parameter.member);
    const auto parsed = ReasonPolicy::Parse(config.*text);
    if (parsed) policy.reasons[static_cast<std::size_t>(*reason)] = *parsed;
  }
  policy.domain_recipients =
      static_cast<std::uint32_t>(config.policy_domain_recipients);
  policy.domain_days = static_cast<std::uint32_t>(config.policy_domain_days);
  policy.domain_lasts = Seconds(config.policy_domain_lasts);
  policy.success_settle = Seconds(config.policy_success_settle);
  policy.success_releases = config.policy_on_success == "release";
  return policy;
}

}  // namespace postbounce
