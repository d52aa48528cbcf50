#include "daemon/cli/list_filter.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

namespace postbounce {

void ListFilter::AddTo(CLI::App* verb) {
  constexpr const char* kScopeHelp =
      "only those that stop mail of this scope alone; empty: only those that "
      "stop all mail";
  constexpr const char* kHelp[] = {
      "only those of this reason",
      "only those whose reason is of this class: hard, soft, block or none",
      kScopeHelp,
      "only those at this domain",
      "only those that are on the list since then: 2026-11-21, 7d",
      "active (the default), held, expired, removed or all"};
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    auto& [name, text] = texts_[i];
    options_.push_back(
        verb->add_option(std::string("--") + name, text, kHelp[i]));
  }
  options_.back()->check(
      CLI::IsMember({"active", "held", "expired", "removed", "all"}));
}

const std::optional<std::string>& ListFilter::Of(std::string_view name) const {
  return std::find_if(texts_.begin(), texts_.end(),
                      [&](const auto& text) { return text.first == name; })
      ->second;
}

boost::json::object ListFilter::RequestOf(std::string_view verb) const {
  boost::json::object request;
  request["verb"] = verb;
  for (const auto& [name, text] : texts_) {
    if (text) request[name] = *text;
  }
  return request;
}

}  // namespace postbounce
