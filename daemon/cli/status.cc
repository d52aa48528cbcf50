#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "classifier/reason.h"
#include "daemon/cli/verb.h"

namespace postbounce {
namespace {

namespace json = boost::json;

struct Options {
  std::vector<std::string> addresses;
  bool json = false;
};

const json::array& ArrayField(const json::object& object,
                              std::string_view key) {
  static const json::array kEmpty;
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_array() ? value->get_array() : kEmpty;
}

std::string OrNone(std::string text) {
  return text.empty() ? "none" : std::move(text);
}

void PrintWitness(const json::object& witness) {
  if (ShownField(witness, "source") == "log") {
    fmt::print("    log        of {}, queue id {} of {}\n",
               OrNone(ShownField(witness, "reporting_mta")),
               OrNone(ShownField(witness, "queue_id")),
               ShownField(witness, "received"));
  } else {
    fmt::print("    bounce     mail {} of {}, reported by {}\n",
               witness.at("mail").get_int64(), ShownField(witness, "received"),
               OrNone(ShownField(witness, "reporting_mta")));
  }
  fmt::print("    said       {}: {}\n",
             OrNone(ShownField(witness, "remote_mta")),
             OrNone(ShownField(witness, "diagnostic", 400)));
  fmt::print("    decided    {}", OrNone(ShownField(witness, "rule")));
  const std::string words = ShownField(witness, "words");
  if (!words.empty()) fmt::print(", \"{}\"", words);
  fmt::print("\n");
  const std::string original = ShownField(witness, "original_recipient");
  const std::string final_one = ShownField(witness, "final_recipient");
  if (!original.empty() && original != final_one) {
    fmt::print("    addresses  mailed as {}, in the end {}\n", original,
               final_one);
  }
}

void PrintEvent(const json::object& event) {
  fmt::print("  {}  {}  {} ({})\n", ShownField(event, "time"),
             OrNone(ShownField(event, "action")), ShownField(event, "reason"),
             ShownField(event, "class"));
  for (const json::value& witness : ArrayField(event, "witnesses")) {
    PrintWitness(witness.get_object());
  }
}

// What a person has ordered; one that was undone says so.
void PrintOrder(const json::object& order) {
  fmt::print("  {}  {} {}", ShownField(order, "time"),
             ShownField(order, "kind"), ShownField(order, "address", 400));
  for (const char* key : {"scope", "reason", "until"}) {
    const std::string text = ShownField(order, key);
    if (!text.empty()) fmt::print(", {} {}", key, text);
  }
  const auto number = [&](const char* key) {
    return order.at(key).to_number<std::int64_t>();
  };
  const std::string why = ShownField(order, "why", 400);
  fmt::print("\n    ordered    by {}{}, action {}\n",
             ShownField(order, "actor"), why.empty() ? "" : ": " + why,
             number("action"));
  if (!order.at("undone_by").is_null()) {
    fmt::print("    undone     by action {}\n", number("undone_by"));
  }
}

void PrintAllowed(const json::object& story) {
  for (const char* key : {"allowed", "domain_allowed"}) {
    const json::value& order = story.at(key);
    if (!order.is_object()) continue;
    const json::object& by = order.get_object();
    const std::string until = ShownField(by, "until");
    const std::string why = ShownField(by, "why", 400);
    fmt::print("  {} on the allow-list since {}{}, by {}{}\n",
               ShownField(by, "address", 400), ShownField(by, "time"),
               until.empty() ? "" : " until " + until, ShownField(by, "actor"),
               why.empty() ? "" : ", because: " + why);
  }
}

void PrintStory(const json::object& story) {
  const bool suppressed = story.at("suppressed").get_bool();
  fmt::print("{}: {}\n", ShownField(story, "address", 400),
             suppressed ? "suppressed" : "not suppressed");
  if (suppressed) {
    // Of the address, or of the whole of its domain.
    const bool by_domain = TextField(story, "state") != "active";
    const json::object& decision =
        by_domain ? story.at("domain").get_object() : story;
    const std::string reason = ShownField(decision, "reason");
    fmt::print("  {}since {}, {}: ", by_domain ? "its domain " : "",
               ShownField(decision, "since"), reason);
    if (const auto known = ParseReason(reason)) {
      fmt::print("{}\n  {}\n", InfoOf(*known).meaning, InfoOf(*known).advice);
    } else {
      fmt::print("\n");
    }
  }
  PrintAllowed(story);
  const json::array& orders = ArrayField(story, "orders");
  for (const json::value& order : orders) PrintOrder(order.get_object());
  const json::array& events = ArrayField(story, "events");
  if (events.empty() && orders.empty()) {
    fmt::print("  nothing is known of it\n");
  }
  for (const json::value& event : events) PrintEvent(event.get_object());
  const std::int64_t count = story.at("event_count").to_number<std::int64_t>();
  const auto shown = static_cast<std::int64_t>(events.size());
  if (count > shown) fmt::print("  and {} more\n", count - shown);
}

// Asks for one address after the other, since a request has at most
// limits::kQueryLine bytes. The exit code.
int EachResult(CommandLine& line, std::string_view verb, const Options& options,
               const std::function<void(const json::object&)>& each) {
  const auto asker = AskerFor(line, Door::kQuery);
  if (!asker) return line.exit_code;
  for (const std::string& address : options.addresses) {
    json::object request;
    request["verb"] = verb;
    request["addresses"] = json::array{json::value(address)};
    const auto answer = asker->Ask(request);
    if (!answer) return Complain(answer.error());
    for (const json::value& result : ArrayField(*answer, "results")) {
      each(result.get_object());
    }
  }
  return kExitDone;
}

int RunStatus(CommandLine& line, const Options& options) {
  return EachResult(line, "status", options, [&](const json::object& story) {
    if (options.json) {
      PrintJson(story);
    } else {
      PrintStory(story);
    }
  });
}

int RunCheck(CommandLine& line, const Options& options) {
  bool any = false;
  const int exit_code =
      EachResult(line, "check", options, [&](const json::object& result) {
        const bool suppressed = result.at("suppressed").get_bool();
        any = any || suppressed;
        if (options.json) return PrintJson(result);
        fmt::print("{:<12}{}\n", suppressed ? "suppressed" : "ok",
                   ShownField(result, "address", 400));
      });
  return exit_code == kExitDone && any ? kExitNo : exit_code;
}

using Run = int (*)(CommandLine&, const Options&);

void AddVerb(CLI::App& app, CommandLine& line, const char* name,
             const char* help, Run run) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(name, help);
  verb->add_option("ADDRESS", options->addresses, "the addresses")->required();
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options, run] { line.exit_code = run(line, *options); });
}

}  // namespace

void AddStatusVerb(CLI::App& app, CommandLine& line) {
  AddVerb(app, line, "status", "Everything known of an address", RunStatus);
}

void AddCheckVerb(CLI::App& app, CommandLine& line) {
  AddVerb(app, line, "check",
          "Whether addresses may be mailed; exit code 1 if one may not",
          RunCheck);
}

}  // namespace postbounce
