// How bounces come from Postfix to the daemon.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "daemon/cli/doctor/patient.h"
#include "daemon/cli/doctor/reach.h"
#include "daemon/cli/doctor/route.h"
#include "daemon/command.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kShown = 300;
constexpr std::size_t kWarnings = 3;  // of postconf's

Diagnoses NoPostfix(const Patient& patient) {
  return {{Health::kSkipped, patient.postfix.error().ToString()}};
}

bool HasMilter(const Patient& patient) {
  return !OursOf(patient, PostfixClient::Protocol::kMilter).empty();
}

// Of a route that a table has.
void CheckRoute(const Patient& patient, const Route& route, Diagnoses* found) {
  const PostfixService* service =
      patient.postfix->FindTransport(route.transport);
  if (service == nullptr) {
    found->push_back({Health::kFail,
                      fmt::format("{} goes to the transport {}, which "
                                  "master.cf does not have",
                                  route.key, route.transport),
                      "add it to master.cf, as the snippet master.cf has it; "
                      "postfix reload"});
    return;
  }
  if (service->program != "pipe" && !IsLmtpOfOurs(patient, route.next_hop)) {
    found->push_back({Health::kFail,
                      fmt::format("{} goes to {}:{}, where the daemon does "
                                  "not listen",
                                  route.key, route.transport, route.next_hop),
                      "name a socket of lmtp.listen there"});
  }
  if (!IsAccepted(*patient.postfix, route.key)) {
    found->push_back({Health::kFail,
                      fmt::format("Postfix takes no mail to {} from other "
                                  "hosts, so their bounces are refused",
                                  route.key),
                      fmt::format("postconf -e \"relay_domains = "
                                  "$(postconf -h relay_domains) {}\"; "
                                  "postfix reload",
                                  route.domain())});
  }
}

// Of the process that runs for each bounce.
void CheckPipe(const Patient& patient, const PostfixService& service,
               Diagnoses* found) {
  const PipeCommand pipe(service);
  const std::string limit = service.name + "_destination_recipient_limit";
  if (patient.postfix->Get(limit) != "1") {
    found->push_back({Health::kFail,
                      limit + " is not 1: what fails for one recipient is "
                              "done again, or lost, for all",
                      fmt::format("postconf -e {}=1; postfix reload", limit)});
  }
  if (!pipe.has_null_sender) {
    found->push_back({Health::kWarn,
                      service.ToString() + " has no null_sender=, so bounces "
                                           "come from MAILER-DAEMON",
                      "add null_sender= behind user= in master.cf"});
  }
  const auto account = PipeAccountOf(pipe.user);
  if (!account) {
    found->push_back({Health::kFail,
                      fmt::format("{} runs as {}, who does not exist",
                                  service.ToString(), pipe.user),
                      "systemd-sysusers; or another user= in master.cf"});
    return;
  }
  const auto check = [&](const std::string& path, int mode, const char* what,
                         const char* fix) {
    const auto obstacle = ObstacleFor(*account, path, mode);
    if (!obstacle || obstacle->empty()) return;
    found->push_back(
        {Health::kFail, WhatStops(*account, what, path, *obstacle), fix});
  };
  check(pipe.program, X_OK, "run", "see argv= in master.cf");
  if (!IsLmtpOfOurs(patient, "unix:" + pipe.socket)) {
    found->push_back({Health::kFail,
                      fmt::format("{} hands bounces in at {}, where the daemon "
                                  "does not listen",
                                  service.ToString(), pipe.socket),
                      "-s of argv= has to be a socket of lmtp.listen"});
    return;
  }
  check(pipe.socket, W_OK, "connect to",
        "see lmtp.group, lmtp.mode and user= in master.cf");
}

void CheckLmtp(const Patient& patient, const PostfixService& service,
               const Route& route, Diagnoses* found) {
  if (!route.next_hop.starts_with("unix:")) return;
  std::string path = route.next_hop.substr(5);
  const std::string queue = patient.queue_directory();
  if (service.is_chrooted && path.starts_with('/')) {
    found->push_back({Health::kFail,
                      fmt::format("{} is chrooted, and does not find {}",
                                  service.ToString(), path),
                      "write n in the chroot column of master.cf; postfix "
                      "reload"});
    return;
  }
  if (!path.starts_with('/')) path = queue + "/" + path;
  const auto account = AccountOf(patient.postfix->Get("mail_owner"));
  if (!account) return;
  const auto obstacle = ObstacleFor(*account, path, W_OK, queue);
  if (!obstacle || obstacle->empty()) return;
  found->push_back({Health::kFail,
                    WhatStops(*account, "connect to", path, *obstacle),
                    fmt::format("usermod -aG $(stat -c %G {}) {}; postfix "
                                "reload",
                                *obstacle, account->name)});
}

// No table has a way to us.
Diagnoses WithoutRoute(const Patient& patient) {
  for (const PostfixService& service : patient.postfix->services) {
    if (!IsPipeOfOurs(service)) continue;
    return {{Health::kFail,
             fmt::format("no table of transport_maps leads to {}, which "
                         "master.cf has",
                         service.ToString()),
             "add your bounce domain: see the snippets transport and main.cf"}};
  }
  if (HasMilter(patient)) {
    return {{Health::kOk, "bounces are seen by the milter alone"}};
  }
  if (!patient.config->logs.empty()) {
    return {{Health::kWarn,
             "no bounce comes here: only the logs tell of failures",
             "set up a bounce domain: see README, \"Tell Postfix\""}};
  }
  return {{Health::kFail,
           "neither a bounce nor a log comes here, so nothing is ever learnt",
           "set up a bounce domain: see README, \"Tell Postfix\""}};
}

}  // namespace

Diagnoses CheckPostfix(const Patient& patient) {
  if (!patient.postfix) return NoPostfix(patient);
  Diagnoses found;
  std::set<std::string> told;
  for (const std::string& warning : patient.postfix->warnings) {
    const bool is_of_interest =
        warning.find("postbounce") != std::string::npos ||
        warning.find("unused parameter") == std::string::npos;
    if (!is_of_interest || told.size() >= kWarnings) continue;
    if (!told.insert(warning).second) continue;
    found.push_back({Health::kWarn, Printable(warning, kShown),
                     "postconf says so of each call; mend main.cf or "
                     "master.cf"});
  }
  if (!found.empty()) return found;
  return {{Health::kOk, fmt::format("{}, version {}",
                                    patient.postfix->Get("config_directory"),
                                    patient.postfix->Get("mail_version"))}};
}

Diagnoses CheckRoute(const Patient& patient) {
  if (!patient.postfix) return NoPostfix(patient);
  const std::vector<Route> routes = RoutesTo(patient);
  if (routes.empty()) return WithoutRoute(patient);
  Diagnoses found;
  std::string names;
  for (const Route& route : routes) {
    CheckRoute(patient, route, &found);
    if (names.size() < kShown) {
      names += (names.empty() ? "" : ", ") + route.key;
    }
  }
  if (found.empty()) {
    found.push_back({Health::kOk, "mail to " + names + " comes here"});
  }
  return found;
}

Diagnoses CheckTransport(const Patient& patient) {
  if (!patient.postfix) return NoPostfix(patient);
  Diagnoses found;
  std::string names;
  for (const PostfixService& service : patient.postfix->services) {
    if (!IsPipeOfOurs(service)) continue;
    CheckPipe(patient, service, &found);
    names += (names.empty() ? "" : ", ") + service.ToString();
  }
  for (const Route& route : RoutesTo(patient)) {
    const auto* service = patient.postfix->FindTransport(route.transport);
    if (service == nullptr || service->program != "lmtp") continue;
    CheckLmtp(patient, *service, route, &found);
    if (names.find(service->ToString()) == std::string::npos) {
      names += (names.empty() ? "" : ", ") + service->ToString();
    }
  }
  if (!found.empty()) return found;
  if (names.empty()) return {{Health::kOk, "none is used"}};
  return {{Health::kOk, names}};
}

}  // namespace postbounce
