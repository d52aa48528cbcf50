// Looks at a set-up that runs, and says what to mend.
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "daemon/cli/doctor/patient.h"
#include "daemon/cli/operations.h"
#include "daemon/clock.h"
#include "daemon/standard_error.h"

namespace postbounce {
namespace {

namespace json = boost::json;

// Each has limits of its own; this one is for a file system that is stuck.
constexpr unsigned kLimit = 60;
constexpr std::size_t kWidth = 80;
constexpr std::size_t kIndent = 22;

struct Options {
  std::string postfix;
  bool json = false;
};

constexpr Check kOfConfig = {"config", CheckConfig};
constexpr Check kChecks[] = {
    {"rules", CheckRules},        {"permissions", CheckFiles},
    {"site key", CheckSiteKey},   {"store", CheckStore},
    {"disk", CheckDisk},          {"daemon", CheckDaemon},
    {"sockets", CheckSockets},    {"postfix", CheckPostfix},
    {"bounces", CheckRoute},      {"transport", CheckTransport},
    {"access", CheckReach},       {"lookups", CheckLookups},
    {"milter", CheckMilter},      {"logs", CheckLogs},
    {"proof", CheckProof},        {"clock", CheckClock},
    {"activity", CheckActivity},  {"inbox", CheckInbox},
    {"outage guard", CheckGuard},
};

std::string_view NameOf(Health health) {
  switch (health) {
    case Health::kOk:
      return "ok";
    case Health::kWarn:
      return "warn";
    case Health::kFail:
      return "fail";
    case Health::kSkipped:
      return "skipped";
  }
  return "";
}

// In lines of kWidth, all but the first behind `indent` blanks. A longer word
// has a line of its own.
std::string Wrapped(std::string_view text, std::size_t indent) {
  std::string lines;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::size_t size = text.find(' ');
    const std::string_view word = text.substr(0, size);
    const bool is_first = column == indent;
    if (!is_first && column + 1 + word.size() > kWidth) {
      lines.append("\n").append(indent, ' ');
      column = indent;
    } else if (!is_first) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
    text.remove_prefix(size == std::string_view::npos ? text.size() : size + 1);
  }
  return lines;
}

void Print(const char* name, const Diagnosis& diagnosis, bool as_json) {
  if (as_json) {
    json::object line;
    line["check"] = name;
    line["result"] = NameOf(diagnosis.health);
    line["text"] = diagnosis.what;
    line["fix"] =
        diagnosis.fix.empty() ? json::value() : json::value(diagnosis.fix);
    return PrintJson(line);
  }
  fmt::print("{:<8}{:<13} {}\n", NameOf(diagnosis.health), name,
             Wrapped(diagnosis.what, kIndent));
  if (diagnosis.fix.empty()) return;
  fmt::print("{:>{}}-> {}\n", "", kIndent, Wrapped(diagnosis.fix, kIndent + 3));
}

// In the handler of SIGALRM.
const char* running = "";
void GiveUp(int) {
  (void)!write(STDERR_FILENO, "postbounce: this check hangs: ", 30);
  std::size_t size = 0;
  while (running[size] != '\0') ++size;
  (void)!write(STDERR_FILENO, running, size);
  (void)!write(STDERR_FILENO, "\n", 1);
  _exit(kExitNo);
}

class Examination {
 public:
  explicit Examination(bool as_json) : as_json_(as_json) {}

  void Make(const Check& check, const Patient& patient) {
    Watch(check.name);
    for (const Diagnosis& diagnosis : check.look(patient)) {
      Print(check.name, diagnosis, as_json_);
      ++counts_[static_cast<std::size_t>(diagnosis.health)];
    }
    std::fflush(stdout);
  }

  void Watch(const char* name) {
    running = name;
    alarm(kLimit);
  }

  int End() {
    alarm(0);
    if (!as_json_) {
      fmt::print("\n{} to mend, {}, {} not looked at\n", Count(Health::kFail),
                 Counted(Count(Health::kWarn), "warning"),
                 Count(Health::kSkipped));
    }
    return Count(Health::kFail) == 0 ? kExitDone : kExitNo;
  }

 private:
  std::int64_t Count(Health health) const {
    return counts_[static_cast<std::size_t>(health)];
  }

  const bool as_json_;
  std::int64_t counts_[4] = {};
};

int RunDoctor(const CommandLine& line, const Options& options) {
  std::signal(SIGALRM, GiveUp);
  Examination examination(options.json);
  examination.Watch("postconf and the daemon");
  const Patient patient =
      LoadPatient(ConfigPathOf(line), options.postfix, Now());
  examination.Make(kOfConfig, patient);
  if (patient.config) {
    for (const Check& check : kChecks) examination.Make(check, patient);
  }
  return examination.End();
}

}  // namespace

void AddDoctorVerb(CLI::App& app, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "doctor", "Looks at the whole set-up; exit code 1 if something is wrong");
  verb->add_option("--postfix", options->postfix,
                   "the folder of Postfix's main.cf, if not the usual one");
  verb->add_flag("--json", options->json, "one JSON object a line");
  verb->callback(
      [&line, options] { line.exit_code = RunDoctor(line, *options); });
}

}  // namespace postbounce
