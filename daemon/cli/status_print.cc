#include "daemon/cli/status_print.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "classifier/reason.h"
#include "daemon/cli/verb.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kTextColumn = 15;
constexpr std::size_t kColumns = 80;
constexpr std::size_t kLongText = 1000;  // bytes

const json::array& ArrayField(const json::object& object,
                              std::string_view key) {
  static const json::array kEmpty;
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kEmpty;
}

const json::object& ObjectField(const json::object& object,
                                std::string_view key) {
  static const json::object kEmpty;
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? value->get_object() : kEmpty;
}

std::int64_t Number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  return value->to_number<std::int64_t>();
}

std::string OrNone(std::string text) {
  return text.empty() ? "none" : std::move(text);
}

// A label, and as many lines of words behind it as it takes.
void PrintRow(std::size_t indent, std::string_view label,
              std::string_view text) {
  fmt::print("{:{}}{:<{}}", "", indent, label, kTextColumn - indent);
  std::size_t column = kTextColumn;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const bool is_first = column == kTextColumn;
    if (!is_first && column + 1 + word.size() >= kColumns) {
      fmt::print("\n{:{}}{}", "", kTextColumn, word);
      column = kTextColumn + word.size();
    } else {
      fmt::print("{}{}", is_first ? "" : " ", word);
      column += word.size() + (is_first ? 0 : 1);
    }
  }
  fmt::print("\n");
}

std::string_view ProofWords(std::string_view proof) {
  if (proof == "strong") return "strong: it is about our mail to this address";
  if (proof == "weak") return "weak: what it knows of our mail others know too";
  return "none: nothing ties it to our mail";
}

void PrintWitness(const json::object& witness) {
  if (ShownField(witness, "source") == "log") {
    fmt::print("    log        of {}, queue id {} of {}\n",
               OrNone(ShownField(witness, "reporting_mta")),
               OrNone(ShownField(witness, "queue_id")),
               ShownField(witness, "received"));
  } else {
    const std::string by = ShownField(witness, "reporting_mta");
    fmt::print("    bounce     mail {} of {}{}\n", Number(witness, "mail"),
               ShownField(witness, "received"),
               by.empty() ? "" : ", reported by " + by);
  }
  const std::string mta = ShownField(witness, "remote_mta");
  const std::string said = ShownField(witness, "diagnostic", 400);
  if (!mta.empty() || !said.empty()) {
    fmt::print("    said       {}: {}\n", OrNone(mta), OrNone(said));
  }
  fmt::print("    decided    {}", OrNone(ShownField(witness, "rule")));
  const std::string words = ShownField(witness, "words");
  if (!words.empty()) fmt::print(", \"{}\"", words);
  fmt::print("\n");
  PrintRow(4, "proof", ProofWords(TextField(witness, "proof")));
  const std::string original = ShownField(witness, "original_recipient");
  const std::string final_one = ShownField(witness, "final_recipient");
  if (!original.empty() && original != final_one) {
    fmt::print("    addresses  mailed as {}, in the end {}\n", original,
               final_one);
  }
}

void PrintEvent(const json::object& event, bool of_domain) {
  const std::string action = ShownField(event, "action");
  const std::string reason = ShownField(event, "reason");
  const bool is_complaint = reason == ReasonName(Reason::kComplaint);
  if (action.empty() || is_complaint) {
    fmt::print("  {}  {}\n", ShownField(event, "time"), reason);
  } else {
    fmt::print("  {}  {}  {} ({})\n", ShownField(event, "time"), action, reason,
               ShownField(event, "class"));
  }
  const std::string why_not = ShownField(event, "why_not", kLongText);
  if (!why_not.empty()) PrintRow(4, "no effect", why_not);
  if (IsSet(event, "after_acceptance") && !is_complaint) {
    PrintRow(4, "late", "a server had taken the mail before it came back");
  }
  for (const json::value& witness : ArrayField(event, "witnesses")) {
    if (of_domain) {
      fmt::print("    to         {}\n",
                 ShownField(witness.get_object(), "address", 400));
    }
    PrintWitness(witness.get_object());
  }
}

// What a person has ordered; one that was undone says so.
void PrintOrder(const json::object& order) {
  const std::string address = ShownField(order, "address", 400);
  fmt::print("  {}  {}{}{}", ShownField(order, "time"),
             ShownField(order, "kind"), address.empty() ? "" : " ", address);
  for (const char* key : {"scope", "reason", "until"}) {
    const std::string text = ShownField(order, key);
    if (!text.empty()) fmt::print(", {} {}", key, text);
  }
  const std::string why = ShownField(order, "why", 400);
  fmt::print("\n    ordered    by {}{}, action {}\n",
             ShownField(order, "actor"), why.empty() ? "" : ": " + why,
             Number(order, "action"));
  if (!order.at("undone_by").is_null()) {
    fmt::print("    undone     by action {}\n", Number(order, "undone_by"));
  }
}

void PrintAllowed(const json::object& status) {
  for (const char* key : {"allowed", "domain_allowed"}) {
    const json::object& by = ObjectField(status, key);
    if (by.empty()) continue;
    const std::string until = ShownField(by, "until");
    const std::string why = ShownField(by, "why", 400);
    fmt::print("  {} on the allow-list since {}{}, by {}{}\n",
               ShownField(by, "address", 400), ShownField(by, "time"),
               until.empty() ? "" : " until " + until, ShownField(by, "actor"),
               why.empty() ? "" : ", because: " + why);
  }
}

// Of the address, of its mail of one scope, or of the whole of its domain.
// On the allow-list there is nothing to be done about it.
void PrintDecision(const json::object& decision, const std::string& whose,
                   bool is_allowed) {
  const std::string state = ShownField(decision, "state");
  if (state.empty() || state == "none") return;
  const std::string until = ShownField(decision, "until");
  const std::string reason = ShownField(decision, "reason");
  PrintRow(2, state,
           fmt::format("{}{} since {}{}", whose, reason,
                       ShownField(decision, "since"),
                       until.empty() ? "" : " until " + until));
  const auto known = ParseReason(reason);
  // A person need not give one.
  const bool has_reason =
      known && (Number(decision, "order") == 0 || *known != Reason::kUnknown);
  if (has_reason) {
    PrintRow(2, "", InfoOf(*known).meaning);
    if (state == "active" && !is_allowed) {
      PrintRow(2, "", InfoOf(*known).advice);
    }
  }
  const std::string contradicted = ShownField(decision, "contradicted");
  if (!contradicted.empty()) {
    PrintRow(2, "but", "a server took mail for it at " + contradicted);
  }
}

void PrintCounts(const json::object& status) {
  static constexpr std::pair<const char*, const char*> kCounts[] = {
      {"counted", "believed"},  {"unproven", "unproven"},
      {"not_ours", "not ours"}, {"untrusted", "of untrusted logs"},
      {"too_old", "too old"},   {"undone", "undone"},
      {"held", "held"},         {"released", "released with an alarm"}};
  const json::object& failures = ObjectField(status, "failures");
  std::string text;
  for (const auto& [key, words] : kCounts) {
    const std::int64_t count = Number(failures, key);
    if (count == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, words);
  }
  if (!text.empty()) {
    PrintRow(2, "failures",
             text + "; the last at " + ShownField(failures, "last"));
  }
  const json::object& delivery = ObjectField(status, "last_delivery");
  if (!delivery.empty()) {
    PrintRow(
        2, "delivered",
        fmt::format("{} to {}, as the logs say", ShownField(delivery, "time"),
                    OrNone(ShownField(delivery, "relay"))));
  }
}

// What is suppressed for some mail alone is no "not suppressed".
std::string Headline(const json::object& status) {
  if (IsSet(status, "suppressed")) return "suppressed";
  std::string scopes;
  for (const json::value& scoped : ArrayField(status, "scoped")) {
    const json::object& decision = scoped.get_object();
    if (TextField(decision, "state") != "active") continue;
    scopes += (scopes.empty() ? "" : ", ") + ShownField(decision, "scope");
  }
  return scopes.empty() ? "not suppressed" : "suppressed for mail of " + scopes;
}

}  // namespace

void PrintStatus(const json::object& status) {
  fmt::print("{}: {}\n", ShownField(status, "address", 400), Headline(status));
  const bool is_allowed = !ObjectField(status, "allowed").empty() ||
                          !ObjectField(status, "domain_allowed").empty();
  const bool of_domain = TextField(status, "address").starts_with('@');
  PrintDecision(status, "", is_allowed);
  PrintDecision(ObjectField(status, "domain"), "its domain: ", is_allowed);
  for (const json::value& scoped : ArrayField(status, "scoped")) {
    const json::object& decision = scoped.get_object();
    PrintDecision(decision, "mail of " + ShownField(decision, "scope") + ": ",
                  is_allowed);
  }
  PrintAllowed(status);
  PrintCounts(status);
  const json::object& next = ObjectField(status, "next");
  PrintRow(2, "next", ShownField(next, "sentence", kLongText));
  const json::array& orders = ArrayField(status, "orders");
  const json::array& events = ArrayField(status, "events");
  const bool is_known = !events.empty() || !orders.empty() ||
                        !ObjectField(status, "domain").empty();
  if (!is_known) {
    fmt::print("  nothing is known of it\n");
  }
  for (const json::value& order : orders) PrintOrder(order.get_object());
  for (const json::value& event : events) {
    PrintEvent(event.get_object(), of_domain);
  }
  const auto shown = static_cast<std::int64_t>(events.size());
  const std::int64_t count = Number(status, "event_count");
  if (count > shown) fmt::print("  and {} more\n", count - shown);
}

}  // namespace postbounce
