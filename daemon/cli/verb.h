#ifndef POSTBOUNCE_DAEMON_CLI_VERB_H_
#define POSTBOUNCE_DAEMON_CLI_VERB_H_

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/cli/asker.h"
#include "mime/text/result.h"

namespace postbounce {

// Exit codes, from sysexits.h where it has one.
inline constexpr int kExitDone = 0;
inline constexpr int kExitNo = 1;  // a verb that checks says no
inline constexpr int kExitUsage = 64;

// What all verbs share: the options in front of the verb, and the exit code
// that the chosen verb leaves here.
struct CommandLine {
  std::string config_path;
  std::string socket;
  int exit_code = kExitDone;
};

// Each adds one verb; see postbounce(1). A verb prints what it was asked for
// to standard output and complaints to standard error.
void AddStatusVerb(CLI::App& app, CommandLine& line);
void AddCheckVerb(CLI::App& app, CommandLine& line);
void AddListVerb(CLI::App& app, CommandLine& line);
void AddExportVerb(CLI::App& app, CommandLine& line);
void AddImportVerb(CLI::App& app, CommandLine& line);
void AddOrderVerbs(CLI::App& app, CommandLine& line);
void AddUndoVerb(CLI::App& app, CommandLine& line);
void AddForgetVerb(CLI::App& app, CommandLine& line);
void AddHeldVerb(CLI::App& app, CommandLine& line);
void AddInboxVerb(CLI::App& app, CommandLine& line);
void AddStatsVerb(CLI::App& app, CommandLine& line);
void AddEventsVerb(CLI::App& app, CommandLine& line);
void AddLogVerb(CLI::App& app, CommandLine& line);
void AddExplainVerb(CLI::App& app, CommandLine& line);
void AddCodeVerb(CLI::App& app, CommandLine& line);
void AddConfigVerb(CLI::App& app, CommandLine& line);
void AddRulesVerb(CLI::App& app, CommandLine& line);
void AddReplayVerb(CLI::App& app, CommandLine& line);
void AddVerpVerb(CLI::App& app, CommandLine& line);
// All of them.
void AddVerbs(CLI::App& app, CommandLine& line);

// Prints the error for a person; the exit code that stands for it.
int Complain(const Error& error);

// The configuration that it names, or where that mostly lies.
std::string ConfigPathOf(const CommandLine& line);

// Whom the command line asks.
AskerOptions AskerOptionsOf(const CommandLine& line, Door door);

// Opens an asker for the command line; complains and gives null otherwise.
std::unique_ptr<Asker> AskerFor(CommandLine& line, Door door);

// Serialised JSON with U+0080 to U+009F escaped: to some terminals they are
// commands.
std::string TerminalSafe(std::string_view json);

// Prints one object as one line, terminal-safe.
void PrintJson(const boost::json::object& object);

// Asks once at the control socket, and prints the answer: as JSON, or as
// `print` does for people. The exit code.
int AskAndPrint(CommandLine& line, const boost::json::object& request,
                bool as_json,
                const std::function<void(const boost::json::object&)>& print);

// Asks page after page and calls `each` for every entry, in constant memory.
// The exit code.
int EachEntry(Asker& asker, boost::json::object request,
              const std::function<void(const boost::json::object&)>& each);

// The same; the first error instead of a complaint.
Result<void> EachEntryOf(
    Asker& asker, boost::json::object request,
    const std::function<void(const boost::json::object&)>& each);

// "1 failure", "2 failures".
std::string Counted(std::int64_t count, std::string_view what);

// A flag of an answer; false when it is absent.
bool IsSet(const boost::json::object& object, std::string_view key);
// A text field of an answer; empty when it is null or absent.
std::string_view TextField(const boost::json::object& object,
                           std::string_view key);
// The same, safe to print to a terminal, at most `max` bytes.
std::string ShownField(const boost::json::object& object, std::string_view key,
                       std::size_t max = 200);

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_VERB_H_
