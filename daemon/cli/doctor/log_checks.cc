// The logs that are followed, what they prove, and the clock they go by.
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "daemon/cli/doctor/patient.h"
#include "daemon/cli/verb.h"
#include "daemon/command.h"
#include "daemon/request.h"
#include "daemon/site.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

namespace json = boost::json;

constexpr std::size_t kShown = 300;
constexpr std::chrono::minutes kBehind{5};
constexpr std::chrono::hours kSilent{24};
constexpr std::chrono::minutes kAhead{5};
// Unproven failures, of a hundred, that are worth a word.
constexpr std::uint64_t kManyPercent = 20;

struct Newest {
  std::string path;  // empty: there is no file
  Timestamp written{};
};

// Of what a [[log]] names, the file that was written last.
Newest NewestOf(const LogConfig& log) {
  Newest newest;
  for (const std::string& pattern : log.files) {
    glob_t found{};
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
      for (std::size_t i = 0; i < found.gl_pathc; ++i) {
        struct stat info {};
        if (stat(found.gl_pathv[i], &info) != 0) continue;
        const Timestamp written{std::chrono::seconds(info.st_mtim.tv_sec)};
        if (newest.path.empty() || written > newest.written) {
          newest = {found.gl_pathv[i], written};
        }
      }
    }
    globfree(&found);
  }
  return newest;
}

const json::object* CoverageOf(const Patient& patient,
                               const std::string& name) {
  const json::value* logs =
      patient.stats ? patient.stats->if_contains("logs") : nullptr;
  if (logs == nullptr || !logs->is_array()) return nullptr;
  for (const json::value& log : logs->get_array()) {
    if (log.is_object() && TextField(log.get_object(), "log") == name) {
      return &log.get_object();
    }
  }
  return nullptr;
}

std::optional<Timestamp> LastLine(const json::object& coverage, Timestamp now) {
  const std::string_view text = TextField(coverage, "last_line");
  const auto time = ParseTime(text, now);
  return !text.empty() && time ? std::optional(*time) : std::nullopt;
}

std::string Named(const LogConfig& log) { return Printable(log.name, 60); }

Diagnosis Unreadable(const Patient& patient, const LogConfig& log,
                     const std::string& path, const std::string& obstacle,
                     const char* group) {
  return {
      Health::kFail,
      Named(log) + ": " + WhatStops(*patient.daemon, "read", path, obstacle),
      fmt::format("usermod -aG {} {}; systemctl restart postbounced", group,
                  patient.daemon->name)};
}

// Whether the daemon may read it; nothing when all is well.
std::optional<Diagnosis> CheckReadable(const Patient& patient,
                                       const LogConfig& log,
                                       const Newest& newest) {
  const bool is_absent = !log.files.empty() && newest.path.empty();
  if (is_absent) {
    return Diagnosis{Health::kFail,
                     Named(log) + ": there is no file " +
                         Printable(log.files.front(), kShown),
                     "name the file that Postfix logs to: postconf "
                     "maillog_file, and the syslog's configuration"};
  }
  if (!patient.daemon) return std::nullopt;
  std::vector<std::string> paths;
  if (!log.files.empty()) paths = {newest.path};
  if (!log.journal.empty()) paths = {"/var/log/journal", "/run/log/journal"};
  for (const std::string& path : paths) {
    if (access(path.c_str(), F_OK) != 0) continue;
    const auto obstacle = ObstacleFor(*patient.daemon, path, R_OK);
    if (!obstacle || obstacle->empty()) continue;
    return Unreadable(patient, log, path, *obstacle,
                      log.files.empty() ? "systemd-journal" : "adm");
  }
  return std::nullopt;
}

// What the daemon has made of its lines.
Diagnosis CheckLines(const Patient& patient, const LogConfig& log,
                     const Newest& newest, const json::object& coverage) {
  const std::uint64_t lines = NumberIn(coverage, "lines");
  const std::uint64_t bad = NumberIn(coverage, "lines_not_read");
  const std::uint64_t others = NumberIn(coverage, "lines_of_others");
  const auto last = LastLine(coverage, patient.now);
  const std::string text =
      fmt::format("{}: {} lines, the last {} ago", Named(log), lines,
                  last ? Ago(patient.now - *last) : "long");
  if (last && *last > patient.now + kAhead) {
    return {Health::kWarn,
            fmt::format("{}: its last line is of {}, which is to come",
                        Named(log), FormatTimestamp(*last)),
            "see the clock and the time zone of the host that writes it"};
  }
  if (bad > 0 && bad * 10 >= lines - others) {
    return {Health::kFail,
            fmt::format("{}: {} of {} lines could not be read, such as: {}",
                        Named(log), bad, lines,
                        ShownField(coverage, "last_not_read", 100)),
            "let syslog write its traditional or its RFC 3339 format"};
  }
  const bool is_behind =
      !newest.path.empty() && last && newest.written > *last + kBehind;
  if (lines == others + bad && lines > 0) {
    return {
        Health::kFail,
        fmt::format("{}: none of {} lines is of Postfix", Named(log), lines),
        "name the file that Postfix logs to"};
  }
  if (is_behind) {
    return {Health::kFail,
            fmt::format("{}, but {} was written to {} ago", text,
                        Printable(newest.path, kShown),
                        Ago(patient.now - newest.written)),
            "journalctl -u postbounced says why it is not read"};
  }
  if (const std::uint64_t gaps = NumberIn(coverage, "gaps"); gaps > 0) {
    return {Health::kWarn,
            fmt::format("{}; {} gaps, the last: {}", text, gaps,
                        ShownField(coverage, "last_gap", 100)),
            "rotate without copytruncate; raise journald's rate limit"};
  }
  if (!last || patient.now - *last > kSilent) {
    return {Health::kWarn, text, "is it still the file that Postfix logs to?"};
  }
  return {Health::kOk, text};
}

Diagnosis CheckLog(const Patient& patient, const LogConfig& log) {
  const Newest newest = NewestOf(log);
  if (const auto wrong = CheckReadable(patient, log, newest)) return *wrong;
  const json::object* coverage = CoverageOf(patient, log.name);
  if (coverage != nullptr) return CheckLines(patient, log, newest, *coverage);
  if (!patient.stats) {
    return {Health::kSkipped, Named(log) + ": the daemon does not tell"};
  }
  return {Health::kWarn, Named(log) + ": no line of it has been read yet",
          "postbounce log import reads what is old"};
}

// Domains that only tables know are not the site's own for us.
void CheckDomains(const Patient& patient, Diagnoses* found) {
  if (!patient.postfix || !patient.config->origin_local_domains.empty()) return;
  DomainWords words;
  for (const char* name : {"mydestination", "virtual_alias_domains",
                           "virtual_mailbox_domains", "relay_domains"}) {
    DomainWords more = DomainsIn(patient.postfix->Get(name));
    words.names.insert(words.names.end(), more.names.begin(), more.names.end());
    words.tables.insert(words.tables.end(), more.tables.begin(),
                        more.tables.end());
  }
  if (!words.tables.empty()) {
    found->push_back({Health::kWarn,
                      "domains in " + Printable(words.tables.front(), kShown) +
                          " are not known to be this site's own",
                      "name all of them in origin.local_domains"});
  } else if (words.names.empty()) {
    found->push_back({Health::kFail,
                      "no domain is known to be this site's own, so failures "
                      "in the logs change nothing",
                      "name them in origin.local_domains"});
  }
}

}  // namespace

Diagnoses CheckLogs(const Patient& patient) {
  Diagnoses found;
  for (const LogConfig& log : patient.config->logs) {
    found.push_back(CheckLog(patient, log));
  }
  if (found.empty()) {
    return {{Health::kWarn,
             "no [[log]] is followed: most failures never come back as a "
             "bounce, and bounces of other servers prove nothing",
             "[[log]] files = [\"/var/log/mail.log\"]"}};
  }
  CheckDomains(patient, &found);
  return found;
}

Diagnoses CheckProof(const Patient& patient) {
  if (patient.config->policy_proof != "required") {
    return {{Health::kWarn,
             "policy.proof is none: whoever writes a bounce can suppress an "
             "address",
             "policy.proof = \"required\""}};
  }
  if (!patient.stats) {
    return {{Health::kSkipped, "the daemon does not tell"}};
  }
  const std::uint64_t failures = NumberIn(*patient.stats, "failures");
  const std::uint64_t unproven = NumberIn(*patient.stats, "unproven");
  const std::string text =
      fmt::format("{} of {} failures are unproven", unproven, failures);
  if (failures < 10 || unproven * 100 < failures * kManyPercent) {
    return {{Health::kOk, text}};
  }
  std::string hosts;
  const json::value* unknown = patient.stats->if_contains("unknown_hosts");
  if (unknown != nullptr && unknown->is_array()) {
    for (const json::value& host : unknown->get_array()) {
      if (!host.is_object()) continue;
      const std::string name = ShownField(host.get_object(), "host", 100);
      if (name.empty()) continue;
      hosts += (hosts.empty() ? ": no log has the mail of " : ", ") + name;
    }
  }
  return {{Health::kWarn, text + hosts,
           "follow the logs of all hosts that send your mail ([[log]]), or "
           "sign bounce addresses: postbounce-verp(7)"}};
}

Diagnoses CheckClock(const Patient& patient) {
  struct stat info {};
  if (stat(patient.config->store_path.c_str(), &info) == 0) {
    const Timestamp written{std::chrono::seconds(info.st_mtim.tv_sec)};
    if (written > patient.now + kAhead) {
      return {{Health::kFail,
               fmt::format("the store was written at {}, which is to come: "
                           "the clock was set back",
                           FormatTimestamp(written)),
               "timedatectl set-ntp true"}};
    }
  }
  const auto said =
      RunCommand({"timedatectl", "show", "-p", "NTPSynchronized", "--value"});
  if (!said || !said->is_done) {
    return {{Health::kSkipped, "timedatectl does not say whether it is right"}};
  }
  if (Trim(said->output) == "yes") return {{Health::kOk, "synchronised"}};
  return {{Health::kWarn, "it is not synchronised",
           "timedatectl set-ntp true, or install chrony"}};
}

}  // namespace postbounce
