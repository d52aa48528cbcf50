// How Postfix asks the daemon, and what it does when nobody answers.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "daemon/cli/doctor/patient.h"
#include "daemon/cli/doctor/reach.h"
#include "mime/text/duration.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

using Protocol = PostfixClient::Protocol;

constexpr std::size_t kShown = 300;
constexpr int kLongSeconds = 30;  // for a session of SMTP to stand still

std::string Named(const PostfixClient& client) {
  return fmt::format("{} of {}", client.parameter, client.service->ToString());
}

std::string Shown(const PostfixClient& client) {
  return Printable(client.endpoint, kShown);
}

// An option of the braces, or the parameter that stands in for it.
std::string OptionOf(const Patient& patient, const PostfixClient& client,
                     const std::string& option, const std::string& parameter) {
  const auto found = client.options.find(option);
  if (found != client.options.end()) return found->second;
  return patient.postfix->Get(*client.service, parameter);
}

// "5s", "2m"; a bare number is of seconds, as of all that is asked here.
int SecondsOf(std::string_view text) {
  const auto number = TakeNumber(&text);
  if (!number) return 0;
  const char unit = text.empty() ? 's' : text.front();
  const int size = unit == 'm' ? 60 : unit == 'h' ? 3600 : 1;
  return unit == 'd' ? 86400 : std::min(*number, 86400 / size) * size;
}

void CheckWay(const Patient& patient, const Account& account,
              const PostfixClient& client, Diagnoses* found) {
  if (!client.endpoint.starts_with("unix:")) return;
  const std::string queue = patient.queue_directory();
  const auto obstacle =
      ObstacleFor(account, PathFor(patient, client), W_OK, queue);
  if (!obstacle || obstacle->empty()) return;
  found->push_back({Health::kFail,
                    Named(client) + ": " +
                        WhatStops(account, "connect to",
                                  PathFor(patient, client), *obstacle),
                    fmt::format("usermod -aG $(stat -c %G {}) {}; postfix "
                                "reload",
                                Printable(*obstacle, kShown), account.name)});
}

void CheckClient(const Patient& patient, const Account& account,
                 const PostfixClient& client, Diagnoses* found) {
  switch (ListeningFor(patient, client)) {
    case Listening::kHere:
      return CheckWay(patient, account, client, found);
    case Listening::kBehindChroot:
      found->push_back(
          {Health::kFail,
           fmt::format("{}: {} is chrooted, and does not find {}",
                       Named(client), client.service->program, Shown(client)),
           "name it below the queue directory, as unix:postbounce/...; "
           "postfix reload"});
      return;
    case Listening::kNowhere:
      found->push_back({Health::kFail,
                        fmt::format("{}: the daemon does not listen at {}",
                                    Named(client), Shown(client)),
                        "let it be a socket of postbounce.toml, or that one of "
                        "Postfix's; then reload"});
      return;
    case Listening::kOfOthers:
      return;
  }
}

void CheckPolicy(const Patient& patient, const PostfixClient& client,
                 Diagnoses* found) {
  const std::string action =
      ToLower(OptionOf(patient, client, "default_action",
                       "smtpd_policy_service_default_action"));
  if (!action.starts_with("dunno")) {
    found->push_back({Health::kWarn,
                      fmt::format("{}: while the daemon is stopped Postfix "
                                  "answers \"{}\" to all mail",
                                  Named(client), Printable(action, 80)),
                      "{ " + Shown(client) +
                          ", default_action=DUNNO, timeout=2s, try_limit=1, "
                          "request_limit=1 }"});
  }
  const std::string timeout =
      OptionOf(patient, client, "timeout", "smtpd_policy_service_timeout");
  if (SecondsOf(timeout) > kLongSeconds) {
    found->push_back({Health::kWarn,
                      fmt::format("{}: a session waits {} for an answer that "
                                  "does not come",
                                  Named(client), Printable(timeout, 20)),
                      "timeout=2s, try_limit=1 in the braces"});
  }
}

void CheckTable(const PostfixClient& client, Diagnoses* found) {
  if (client.parameter != "transport_maps") return;
  found->push_back({Health::kWarn,
                    fmt::format("{} asks {}: no mail at all is delivered while "
                                "the daemon does not answer",
                                Named(client), Shown(client)),
                    "export a table instead, see postbounce-lookup(5)"});
}

void CheckMilterClient(const Patient& patient, const PostfixClient& client,
                       Diagnoses* found) {
  const std::string action =
      OptionOf(patient, client, "default_action", "milter_default_action");
  if (action != "accept") {
    found->push_back({Health::kWarn,
                      fmt::format("{}: while the daemon is stopped mail is "
                                  "treated as by \"{}\"",
                                  Named(client), Printable(action, 40)),
                      "{ " + Shown(client) +
                          ", default_action=accept, connect_timeout=5s, "
                          "command_timeout=10s }"});
  }
  const std::string timeout =
      OptionOf(patient, client, "command_timeout", "milter_command_timeout");
  if (SecondsOf(timeout) > kLongSeconds) {
    found->push_back({Health::kWarn,
                      fmt::format("{}: a session waits {} for an answer that "
                                  "does not come",
                                  Named(client), Printable(timeout, 20)),
                      "command_timeout=10s in the braces"});
  }
}

// What a milter sees of Postfix's own bounces does not say whose they are.
void CheckInternal(const Patient& patient, Diagnoses* found) {
  const bool sees_own =
      patient.postfix->Get("internal_mail_filter_classes").find("bounce") !=
          std::string::npos &&
      !patient.postfix->Get("non_smtpd_milters").empty();
  if (!sees_own || !patient.config->logs.empty()) return;
  found->push_back({Health::kFail,
                    "internal_mail_filter_classes has bounce, and no [[log]] "
                    "proves whose these are",
                    "[[log]] files = [\"/var/log/mail.log\"]"});
}

Diagnoses Skipped(const Patient& patient) {
  return {{Health::kSkipped, patient.postfix.error().ToString()}};
}

}  // namespace

Diagnoses CheckReach(const Patient& patient) {
  if (!patient.postfix) return Skipped(patient);
  const auto account = AccountOf(patient.postfix->Get("mail_owner"));
  if (!account) {
    return {{Health::kFail,
             "mail_owner is nobody: " +
                 Printable(patient.postfix->Get("mail_owner"), kShown),
             "postconf mail_owner"}};
  }
  if (!ObstacleFor(*account, "/", X_OK)) {
    return {{Health::kSkipped,
             "only root can see what " + account->name + " may do"}};
  }
  Diagnoses found;
  std::set<std::pair<std::string, bool>> told;  // to be mended as one
  for (const PostfixClient& client : patient.clients) {
    if (told.insert({client.endpoint, client.service->is_chrooted}).second) {
      CheckClient(patient, *account, client, &found);
    }
  }
  if (found.empty()) {
    return {{Health::kOk,
             account->name + " may connect to all that Postfix asks of ours"}};
  }
  return found;
}

Diagnoses CheckLookups(const Patient& patient) {
  if (!patient.postfix) return Skipped(patient);
  Diagnoses found;
  std::string names;
  for (const Protocol protocol :
       {Protocol::kPolicy, Protocol::kSocketmap, Protocol::kTcpTable}) {
    for (const PostfixClient& client : OursOf(patient, protocol)) {
      if (protocol == Protocol::kPolicy) CheckPolicy(patient, client, &found);
      if (protocol != Protocol::kPolicy) CheckTable(client, &found);
      const std::string name = client.service->ToString();
      if (names.find(name) == std::string::npos && names.size() < kShown) {
        names += (names.empty() ? "" : ", ") + name;
      }
    }
  }
  if (!found.empty()) return found;
  if (names.empty()) return {{Health::kOk, "Postfix does not ask"}};
  return {{Health::kOk, names + " ask; without the daemon mail goes on"}};
}

Diagnoses CheckMilter(const Patient& patient) {
  if (!patient.postfix) return Skipped(patient);
  const auto clients = OursOf(patient, Protocol::kMilter);
  Diagnoses found;
  for (const PostfixClient& client : clients) {
    CheckMilterClient(patient, client, &found);
  }
  if (!clients.empty()) CheckInternal(patient, &found);
  const bool is_idle =
      clients.empty() && !patient.config->milter_listen.empty();
  if (is_idle) {
    found.push_back({Health::kWarn,
                     "milter.listen is set, and no service of Postfix has "
                     "this milter",
                     "put the snippet milter into main.cf; postfix reload"});
  }
  if (!found.empty()) return found;
  return {{Health::kOk,
           clients.empty() ? "not used" : "without the daemon mail goes on"}};
}

}  // namespace postbounce
