#ifndef POSTBOUNCE_DAEMON_CLI_LIST_FILTER_H_
#define POSTBOUNCE_DAEMON_CLI_LIST_FILTER_H_

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace postbounce {

// Which part of the list is meant: the options that "list" and "export" share.
class ListFilter {
 public:
  // The filter must outlive the verb.
  void AddTo(CLI::App* verb);
  const std::vector<CLI::Option*>& options() const { return options_; }

  // What was given for an option; none: nothing.
  const std::optional<std::string>& Of(std::string_view name) const;
  // As a request of postbounce-query(5).
  boost::json::object RequestOf(std::string_view verb) const;

 private:
  std::vector<std::pair<const char*, std::optional<std::string>>> texts_ = {
      {"reason", {}}, {"class", {}}, {"scope", {}},
      {"domain", {}}, {"since", {}}, {"state", {}}};
  std::vector<CLI::Option*> options_;
};

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_LIST_FILTER_H_
