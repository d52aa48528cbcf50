#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/cli/meaning.h"
#include "daemon/cli/verb.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMaxLimit = 1'000'000;

struct Options {
  // Name in the request, and what was given for it.
  std::vector<std::pair<const char*, std::string>> texts = {
      {"recipient", ""}, {"sender", ""}, {"queue_id", ""}, {"message_id", ""},
      {"domain", ""},    {"since", ""},  {"until", ""},    {"status", ""},
      {"dsn", ""},       {"reason", ""}};
  std::int64_t limit = 20;
  bool lines = false;
  bool json = false;

  std::string& text(std::string_view key) {
    for (auto& [name, text] : texts) {
      if (name == key) return text;
    }
    return texts.front().second;
  }
};

constexpr std::size_t kShown = 400;  // bytes of a text

std::uint64_t NumberField(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  return value->to_number<std::uint64_t>();
}

std::vector<json::object> Objects(const json::object& object,
                                  std::string_view key) {
  std::vector<json::object> all;
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return all;
  for (const json::value& item : value->get_array()) {
    if (item.is_object()) all.push_back(item.get_object());
  }
  return all;
}

std::string SenderOf(const json::object& message) {
  const json::value* sender = message.if_contains("sender");
  if (sender == nullptr || !sender->is_string()) return "(not known)";
  const std::string text = ShownField(message, "sender");
  return text.empty() ? "<>" : text;
}

std::string CameFrom(const json::object& message) {
  if (TextField(message, "origin") == "local") return "sendmail(1), here";
  const std::string name = ShownField(message, "client_name");
  const std::string address = ShownField(message, "client_address");
  if (name.empty() && address.empty()) return "(not in the log)";
  const std::string user = ShownField(message, "sasl_username");
  return fmt::format("{}[{}]{}", name, address,
                     user.empty() ? "" : ", logged in as " + user);
}

void PrintAttempt(const json::object& attempt) {
  fmt::print("  {}  {:<9} {}{}\n", ShownField(attempt, "time"),
             ShownField(attempt, "status"), ShownField(attempt, "recipient"),
             IsSet(attempt, "probe") ? "  (a probe)" : "");
  const std::string original = ShownField(attempt, "original_recipient");
  if (!original.empty()) fmt::print("      for      {}\n", original);
  fmt::print("      relay    {}, dsn {}\n", ShownField(attempt, "relay"),
             ShownField(attempt, "dsn"));
  if (TextField(attempt, "status") != "sent") {
    fmt::print("      why      {} ({})\n", ShownField(attempt, "reason"),
               ShownField(attempt, "class"));
  }
  fmt::print("      said     {}\n", ShownField(attempt, "text", kShown));
}

void PrintLines(const json::object& message) {
  const json::value* lines = message.if_contains("lines");
  if (lines == nullptr || !lines->is_array()) return;
  for (const json::value& line : lines->get_array()) {
    if (!line.is_string()) continue;
    fmt::print("  | {}\n",
               Printable(std::string_view(line.get_string()), 2048));
  }
}

void PrintMessage(const json::object& message) {
  fmt::print("{}  from {}  (log {})\n", ShownField(message, "queue_id"),
             SenderOf(message), ShownField(message, "log"));
  fmt::print("  {}  came from {}\n", ShownField(message, "first_seen"),
             CameFrom(message));
  const std::string id = ShownField(message, "message_id");
  if (!id.empty()) fmt::print("      message-id {}\n", id);
  const std::uint64_t size = NumberField(message, "size");
  if (size > 0) {
    fmt::print("      {} bytes, {} recipients\n", size,
               NumberField(message, "recipients"));
  }
  for (const json::object& attempt : Objects(message, "attempts")) {
    PrintAttempt(attempt);
  }
  const std::uint64_t others = NumberField(message, "attempts_left_out");
  if (others > 0) {
    fmt::print(
        "      and {} more attempts (--queue-id shows those for other "
        "recipients)\n",
        others);
  }
  for (const json::object& notice : Objects(message, "notices")) {
    fmt::print("  {}  report of {}: queue id {}\n", ShownField(notice, "time"),
               ShownField(notice, "kind"), ShownField(notice, "queue_id"));
  }
  fmt::print("  {}  {}\n", ShownField(message, "last_seen"),
             IsSet(message, "removed") ? "removed from the queue"
                                       : "still in the queue, as far as known");
  PrintLines(message);
}

void PrintNoTrace(Asker& asker) {
  fmt::print("No trace: the logs that were read name no such message.\n");
  const auto stats = asker.Ask({{"verb", "stats"}});
  if (!stats) return;
  for (const json::object& log : Objects(*stats, "logs")) {
    fmt::print("  log {:<12} from {} to {}\n", ShownField(log, "log"),
               ShownField(log, "from"), ShownField(log, "to"));
  }
  fmt::print(
      "If it was sent in that time, it never came to this Postfix: look "
      "at the host that\nit was handed to.\n");
}

json::object RequestOf(const Options& options) {
  json::object request;
  request["verb"] = "events";
  for (const auto& [name, text] : options.texts) {
    if (!text.empty()) request[name] = text;
  }
  request["lines"] = options.lines;
  return request;
}

int RunEvents(CommandLine& line, const Options& options) {
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  json::object request = RequestOf(options);
  std::int64_t left = options.limit;
  std::string_view meaning;
  std::uint64_t shown = 0;
  while (left > 0) {
    request["limit"] = std::min<std::int64_t>(left, 100);
    const auto answer = asker->Ask(request);
    if (!answer) return Complain(answer.error());
    for (const json::object& message : Objects(*answer, "entries")) {
      if (options.json) {
        PrintJson(message);
      } else {
        if (shown > 0) fmt::print("\n");
        PrintMessage(message);
      }
      meaning = MeaningOf(message);
      ++shown;
      --left;
    }
    const std::string_view cursor = TextField(*answer, "cursor");
    if (cursor.empty()) break;
    request["cursor"] = cursor;
    if (left == 0 && !options.json) {
      fmt::print("\nThere are older ones: --limit shows more.\n");
    }
  }
  if (options.json) return kExitDone;
  if (shown == 0) PrintNoTrace(*asker);
  if (shown == 1 && !meaning.empty()) fmt::print("\n{}\n", meaning);
  return kExitDone;
}

}  // namespace

void AddEventsVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "events", "What the logs say of messages, the newest first");
  verb->add_option("RECIPIENT", options->text("recipient"),
                   "whom they were for");
  verb->add_option("--sender", options->text("sender"),
                   "envelope sender; <> for the null sender");
  verb->add_option("--queue-id", options->text("queue_id"), "Postfix's id");
  verb->add_option("--message-id", options->text("message_id"), "Message-ID");
  verb->add_option("--domain", options->text("domain"), "of a recipient");
  verb->add_option("--since", options->text("since"),
                   "2026-11-21, 2026-11-21T08:30Z, 12h or 7d");
  verb->add_option("--until", options->text("until"), "likewise");
  verb->add_option("--status", options->text("status"),
                   "sent, deferred or bounced");
  verb->add_option("--dsn", options->text("dsn"),
                   "5.1.1, or how it begins: 5.1, 5");
  verb->add_option("--reason", options->text("reason"),
                   "see postbounce-reasons(7)");
  verb->add_option("--limit", options->limit, "how many messages")
      ->check(CLI::Range(std::int64_t{1}, kMaxLimit))
      ->capture_default_str();
  verb->add_flag("--lines", options->lines, "with the lines of the log");
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options] { line.exit_code = RunEvents(line, *options); });
}

}  // namespace postbounce
