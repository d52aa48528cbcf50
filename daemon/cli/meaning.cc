#include "daemon/cli/meaning.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <optional>

#include "daemon/cli/verb.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::string_view kProbe = "probe";

bool HasNullSender(const json::object& message) {
  const json::value* sender = message.if_contains("sender");
  return sender != nullptr && sender->is_string() &&
         sender->get_string().empty();
}

bool HasReport(const json::object& message) {
  const json::value* notices = message.if_contains("notices");
  if (notices == nullptr || !notices->is_array()) return false;
  const json::array& all = notices->get_array();
  return std::any_of(all.begin(), all.end(), [](const json::value& notice) {
    return notice.is_object() &&
           TextField(notice.get_object(), "kind") == "failure";
  });
}

// The status that all recipients have in the end, or kProbe: empty without
// attempts.
std::optional<std::string_view> LastStatus(const json::object& message) {
  std::map<std::string_view, std::string_view> last;
  const json::value* attempts = message.if_contains("attempts");
  if (attempts == nullptr || !attempts->is_array()) return std::nullopt;
  for (const json::value& attempt : attempts->get_array()) {
    if (!attempt.is_object()) continue;
    const json::object& one = attempt.get_object();
    last[TextField(one, "recipient")] =
        IsSet(one, "probe") ? kProbe : TextField(one, "status");
  }
  if (last.empty()) return std::string_view();
  const std::string_view first = last.begin()->second;
  const bool is_one = std::all_of(
      last.begin(), last.end(),
      [first](const auto& recipient) { return recipient.second == first; });
  return is_one ? std::optional(first) : std::nullopt;
}

std::string_view MeaningOfFailure(const json::object& message) {
  if (HasNullSender(message)) {
    return "Postfix has given up. The sender is the null sender, so nobody was "
           "told: this is the last trace.";
  }
  if (HasReport(message)) {
    return "Postfix has given up and sent a report to the sender.";
  }
  return "Postfix has given up. These logs name no report to the sender.";
}

}  // namespace

std::string_view MeaningOf(const json::object& message) {
  const auto status = LastStatus(message);
  const bool is_removed = IsSet(message, "removed");
  if (!status) return {};
  if (status->empty()) {
    return is_removed ? "It was removed from the queue; these logs name no try "
                        "to deliver it."
                      : "Nobody has tried to deliver it yet, as far as known.";
  }
  if (*status == "sent") {
    return "The next server took it: what is said above is the receipt. If it "
           "cannot be found there, look at that server, its filters and the "
           "recipient's folders.";
  }
  if (*status == "deferred") {
    return is_removed
               ? "It could not be delivered, and was then removed from the "
                 "queue: somebody deleted it (postsuper), or a line is missing."
               : "It could not be delivered yet. Postfix keeps it in the queue "
                 "and tries again.";
  }
  if (*status == "bounced" || *status == "expired") {
    return MeaningOfFailure(message);
  }
  if (*status == kProbe) {
    return "Postfix only asked whether mail would be taken: nothing was "
           "delivered, and no report sent.";
  }
  return {};
}

}  // namespace postbounce
