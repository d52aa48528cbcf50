#include "daemon/cli/verb.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <utility>

#include "daemon/cli/operations.h"
#include "daemon/config.h"
#include "daemon/standard_error.h"
#include "mime/text/text.h"

namespace postbounce {

namespace json = boost::json;

void AddVerbs(CLI::App& app, CommandLine& line) {
  AddStatusVerb(app, line);
  AddCheckVerb(app, line);
  AddListVerb(app, line);
  AddExportVerb(app, line);
  AddImportVerb(app, line);
  AddOrderVerbs(app, line);
  AddUndoVerb(app, line);
  AddForgetVerb(app, line);
  AddHeldVerb(app, line);
  AddInboxVerb(app, line);
  AddStatsVerb(app, line);
  AddEventsVerb(app, line);
  AddLogVerb(app, line);
  AddExplainVerb(app, line);
  AddCodeVerb(app, line);
  AddConfigVerb(app, line);
  AddRulesVerb(app, line);
  AddDoctorVerb(app, line);
  AddBackupVerb(app, line);
  AddRestoreVerb(app, line);
  AddReplayVerb(app, line);
  AddVerpVerb(app, line);
}

int Complain(const Error& error) {
  PrintError("postbounce: {}\n", error.ToString());
  switch (error.code()) {
    case ErrorCode::kSyntax:
    case ErrorCode::kLimit:
    case ErrorCode::kCorrupt:
      return EX_DATAERR;
    case ErrorCode::kNotFound:
      return EX_NOINPUT;
    case ErrorCode::kConflict:
    case ErrorCode::kUnavailable:
      return EX_TEMPFAIL;
    case ErrorCode::kIo:
      return EX_IOERR;
  }
  return EX_SOFTWARE;
}

std::string ConfigPathOf(const CommandLine& line) {
  return line.config_path.empty() ? kDefaultConfigPath : line.config_path;
}

AskerOptions AskerOptionsOf(const CommandLine& line, Door door) {
  AskerOptions options;
  options.config_path = line.config_path;
  options.socket = line.socket;
  options.door = door;
  return options;
}

std::unique_ptr<Asker> AskerFor(CommandLine& line, Door door) {
  auto asker = OpenAsker(AskerOptionsOf(line, door));
  if (asker) return *std::move(asker);
  line.exit_code = Complain(asker.error());
  return nullptr;
}

int AskAndPrint(CommandLine& line, const json::object& request, bool as_json,
                const std::function<void(const json::object&)>& print) {
  const auto asker = AskerFor(line, Door::kControl);
  if (!asker) return line.exit_code;
  const auto answer = asker->Ask(request);
  if (!answer) return Complain(answer.error());
  if (as_json) {
    PrintJson(*answer);
  } else {
    print(*answer);
  }
  return kExitDone;
}

std::string TerminalSafe(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const bool is_control = json[i] == '\xc2' && i + 1 < json.size() &&
                            static_cast<unsigned char>(json[i + 1]) < 0xa0;
    if (is_control) {
      ++i;
      safe += fmt::format("\\u00{:02x}", static_cast<unsigned char>(json[i]));
    } else {
      safe += json[i];
    }
  }
  return safe;
}

void PrintJson(const json::object& object) {
  fmt::print("{}\n", TerminalSafe(json::serialize(object)));
}

int EachEntry(Asker& asker, json::object request,
              const std::function<void(const json::object&)>& each) {
  const auto done = EachEntryOf(asker, std::move(request), each);
  return done ? kExitDone : Complain(done.error());
}

Result<void> EachEntryOf(Asker& asker, json::object request,
                         const std::function<void(const json::object&)>& each) {
  const auto take = [&](const json::object& answer) -> Result<void> {
    const json::value* entries = answer.if_contains("entries");
    if (entries == nullptr || !entries->is_array()) {
      return Error(ErrorCode::kUnavailable, "no entries in answer");
    }
    for (const json::value& entry : entries->get_array()) {
      if (entry.is_object()) each(entry.get_object());
    }
    return {};
  };
  return AskPages(asker, std::move(request), take);
}

std::string Counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

bool IsSet(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

std::string_view TextField(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return value->get_string();
}

std::string ShownField(const json::object& object, std::string_view key,
                       std::size_t max) {
  return Printable(TextField(object, key), max);
}

}  // namespace postbounce
