// What lies on the disk: the configuration, who may read and write what, the
// key.
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/cli/doctor/patient.h"
#include "daemon/config_check.h"
#include "daemon/runtime.h"
#include "daemon/site_key.h"
#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr std::size_t kShown = 400;

std::string Shown(const std::string& path) { return Printable(path, kShown); }

// What is wrong with one file that only its owner may have.
void CheckSecret(const Patient& patient, const std::string& path,
                 Diagnoses* found) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return;
  if ((info.st_mode & 077) != 0) {
    found->push_back({Health::kFail,
                      fmt::format("{} may be read by others than its owner "
                                  "(mode {:04o})",
                                  Shown(path), info.st_mode & 07777),
                      "chmod 0600 " + Shown(path)});
  }
  if (patient.daemon && info.st_uid != patient.daemon->user) {
    found->push_back(
        {Health::kFail,
         fmt::format("{} belongs to {}, and the daemon runs as {}", Shown(path),
                     NameOfUser(info.st_uid), patient.daemon->name),
         fmt::format("chown {} {}", patient.daemon->name, Shown(path))});
  }
}

// What the daemon obeys must be root's, or its own.
void CheckObeyed(const Patient& patient, const std::string& path,
                 Diagnoses* found) {
  struct stat info {};
  if (path.empty() || stat(path.c_str(), &info) != 0) return;
  if ((info.st_mode & 022) != 0) {
    found->push_back({Health::kFail,
                      fmt::format("{} may be changed by others than its owner "
                                  "(mode {:04o})",
                                  Shown(path), info.st_mode & 07777),
                      "chmod go-w " + Shown(path)});
  }
  const bool is_trusted =
      info.st_uid == 0 ||
      (patient.daemon && info.st_uid == patient.daemon->user);
  if (!is_trusted) {
    found->push_back(
        {Health::kWarn,
         fmt::format("{} belongs to {}, who can change what the daemon does",
                     Shown(path), NameOfUser(info.st_uid)),
         "chown root " + Shown(path)});
  }
}

void CheckReadable(const Patient& patient, const std::string& path,
                   Diagnoses* found) {
  if (!patient.daemon || path.empty()) return;
  const auto obstacle = ObstacleFor(*patient.daemon, path, R_OK);
  if (!obstacle || obstacle->empty()) return;
  found->push_back({Health::kFail,
                    WhatStops(*patient.daemon, "read", path, *obstacle),
                    fmt::format("ls -ld {}", Shown(*obstacle))});
}

void CheckAlert(const Patient& patient, Diagnoses* found) {
  const std::string& program = patient.config->guard_alert;
  if (program.empty()) return;
  struct stat info {};
  if (stat(program.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
      access(program.c_str(), X_OK) == 0) {
    return CheckObeyed(patient, program, found);
  }
  found->push_back(
      {Health::kWarn,
       "guard.alert: " + Shown(program) + " is no program that can be run",
       "chmod 0755 " + Shown(program)});
}

}  // namespace

Diagnoses CheckConfig(const Patient& patient) {
  if (patient.config) return {{Health::kOk, Shown(patient.config_path)}};
  const bool is_hidden = access(patient.config_path.c_str(), F_OK) == 0 &&
                         access(patient.config_path.c_str(), R_OK) != 0;
  if (is_hidden) {
    return {
        {Health::kSkipped, "you may not read " + Shown(patient.config_path)}};
  }
  return {{Health::kFail, patient.config.error().ToString(),
           "postbounce config check " + Shown(patient.config_path)}};
}

Diagnoses CheckRules(const Patient& patient) {
  const auto runtime = LoadRuntime(patient.config_path);
  if (runtime) {
    return {{Health::kOk, fmt::format("{} rules, {} files of your own",
                                      (*runtime)->rules.size(),
                                      patient.config->rules_files.size())}};
  }
  return {
      {Health::kFail, runtime.error().ToString(), "postbounce rules check"}};
}

Diagnoses CheckFiles(const Patient& patient) {
  const Config& config = *patient.config;
  Diagnoses found;
  CheckObeyed(patient, patient.config_path, &found);
  CheckReadable(patient, patient.config_path, &found);
  for (const std::string& path : config.rules_files) {
    CheckObeyed(patient, path, &found);
    CheckReadable(patient, path, &found);
  }
  CheckAlert(patient, &found);
  for (const std::string& path : {config.store_path, config.store_path + "-wal",
                                  config.store_site_key, config.verp_keys}) {
    CheckSecret(patient, path, &found);
  }
  const std::string folder =
      config.store_path.substr(0, config.store_path.rfind('/') + 1);
  struct stat info {};
  const bool is_open = stat(folder.c_str(), &info) == 0 &&
                       (info.st_mode & S_IWOTH) != 0 &&
                       (info.st_mode & S_ISVTX) == 0;
  if (is_open) {
    found.push_back({Health::kFail,
                     Shown(folder) + " may be written to by anybody",
                     "chmod 0700 " + Shown(folder)});
  }
  if (found.empty()) {
    const bool is_known =
        patient.daemon && (geteuid() == 0 || geteuid() == patient.daemon->user);
    if (!is_known) {
      return {{Health::kSkipped, "only root can see who may read what"}};
    }
    found.push_back(
        {Health::kOk, "secrets are for " + patient.daemon->name + " alone"});
  }
  return found;
}

Diagnoses CheckSiteKey(const Patient& patient) {
  const std::string& path = patient.config->store_site_key;
  const auto key = LoadSiteKey(path);
  if (key) {
    return {{Health::kOk,
             "there; without it the list is lost, so a copy belongs in a safe "
             "place (postbounce backup --with-key)"}};
  }
  if (access(path.c_str(), F_OK) == 0 && access(path.c_str(), R_OK) != 0) {
    return {{Health::kSkipped, "you may not read " + Shown(path)}};
  }
  struct stat info {};
  const bool is_new = stat(patient.config->store_path.c_str(), &info) != 0 &&
                      access(path.c_str(), F_OK) != 0;
  if (is_new && errno == ENOENT) {
    return {{Health::kWarn, "there is none yet, nor a store",
             "systemctl start postbounced"}};
  }
  if (key.error().code() == ErrorCode::kConflict) {
    return {
        {Health::kFail, key.error().ToString(), "chmod 0600 " + Shown(path)}};
  }
  return {{Health::kFail, key.error().ToString(),
           "copy BACKUP.key to " + Shown(path) +
               ", with mode 0600 and of the daemon's user"}};
}

}  // namespace postbounce
