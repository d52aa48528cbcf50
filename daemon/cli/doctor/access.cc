#include "daemon/cli/doctor/access.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "mime/text/text.h"

namespace postbounce {
namespace {

constexpr int kMaxGroups = 1024;
constexpr std::size_t kMaxFolders = 200;
constexpr int kCannotBecome = 255;
constexpr std::size_t kShown = 300;

std::optional<Account> FromEntry(const passwd* entry) {
  if (entry == nullptr) return std::nullopt;
  Account account{entry->pw_name, entry->pw_uid, entry->pw_gid, {}};
  account.groups.resize(kMaxGroups);
  int count = kMaxGroups;
  if (getgrouplist(entry->pw_name, entry->pw_gid, account.groups.data(),
                   &count) < 0) {
    count = kMaxGroups;
  }
  account.groups.resize(static_cast<std::size_t>(count));
  return account;
}

// "/", "/var", "/var/lib", ... and the whole; those below `from`.
std::vector<std::string> StepsTo(const std::string& path,
                                 const std::string& from) {
  std::vector<std::string> steps;
  if (from.empty()) steps.emplace_back("/");
  for (std::size_t at = from.size() + 1;
       at < path.size() && steps.size() < kMaxFolders;) {
    const std::size_t slash = path.find('/', at);
    if (slash == std::string::npos) break;
    if (slash > at) steps.push_back(path.substr(0, slash));
    at = slash + 1;
  }
  steps.push_back(path);
  return steps;
}

bool Become(const Account& account) {
  return setgroups(account.groups.size(), account.groups.data()) == 0 &&
         setresgid(account.group, account.group, account.group) == 0 &&
         setresuid(account.user, account.user, account.user) == 0;
}

// Which step it is, counted from 1; 0: none.
int FirstObstacle(const std::vector<std::string>& steps, int mode,
                  std::size_t from) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool is_last = i + 1 == steps.size();
    const char* const step = steps[i].c_str() + (from == 0 ? 0 : from + 1);
    if (access(step, is_last ? mode : X_OK) != 0) {
      return static_cast<int>(i) + 1;
    }
  }
  return 0;
}

// What a child that becomes the account ends with.
int LookAs(const Account& account, const std::vector<std::string>& steps,
           int mode, const std::string& from) {
  if (!from.empty() && chdir(from.c_str()) != 0) return kCannotBecome;
  return Become(account) ? FirstObstacle(steps, mode, from.size())
                         : kCannotBecome;
}

}  // namespace

std::optional<Account> AccountOf(const std::string& name) {
  return FromEntry(getpwnam(name.c_str()));
}

std::optional<Account> AccountOf(uid_t user) {
  return FromEntry(getpwuid(user));
}

std::optional<Account> PipeAccountOf(const std::string& user_and_group) {
  const std::size_t colon = user_and_group.find(':');
  auto account = AccountOf(user_and_group.substr(0, colon));
  if (!account) return std::nullopt;
  if (colon != std::string::npos) {
    const group* const entry =
        getgrnam(user_and_group.substr(colon + 1).c_str());
    if (entry == nullptr) return std::nullopt;
    account->group = entry->gr_gid;
  }
  account->groups = {account->group};
  return account;
}

std::string WhatStops(const Account& account, const std::string& what,
                      const std::string& path, const std::string& obstacle) {
  std::string text =
      account.name + " cannot " + what + " " + Printable(path, kShown);
  struct stat info {};
  const bool is_there = lstat(obstacle.c_str(), &info) == 0;
  if (obstacle == path) return text + (is_there ? "" : ": it does not exist");
  return text + ": " + Printable(obstacle, kShown) +
         (is_there ? " is in the way" : " does not exist");
}

std::string NameOfUser(uid_t user) {
  const passwd* const entry = getpwuid(user);
  return entry == nullptr ? "uid " + std::to_string(user) : entry->pw_name;
}

std::string NameOfGroup(gid_t group) {
  const struct group* const entry = getgrgid(group);
  return entry == nullptr ? "gid " + std::to_string(group) : entry->gr_name;
}

Result<std::string> ObstacleFor(const Account& account, const std::string& path,
                                int mode, const std::string& above) {
  const std::string from = path.starts_with(above + "/") ? above : "";
  const std::vector<std::string> steps = StepsTo(path, from);
  const bool is_self = account.user == geteuid() && geteuid() != 0;
  const pid_t child = is_self ? -1 : fork();
  if (child == 0) _exit(LookAs(account, steps, mode, from));
  int status = W_EXITCODE(is_self ? FirstObstacle(steps, mode, 0) : 0, 0);
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool is_known = (is_self || child > 0) && WIFEXITED(status) &&
                        WEXITSTATUS(status) != kCannotBecome;
  if (!is_known) {
    return Error(ErrorCode::kUnavailable,
                 "only root can see what " + account.name + " may do");
  }
  const auto found = static_cast<std::size_t>(WEXITSTATUS(status));
  return found == 0 ? std::string() : steps[found - 1];
}

}  // namespace postbounce
