#ifndef POSTBOUNCE_DAEMON_CLI_DOCTOR_ACCESS_H_
#define POSTBOUNCE_DAEMON_CLI_DOCTOR_ACCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "mime/text/result.h"

namespace postbounce {

// Whom the kernel takes a process for.
struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;  // the other ones
};

// As who logs in; of a name of passwd(5), or of a user id.
std::optional<Account> AccountOf(const std::string& name);
std::optional<Account> AccountOf(uid_t user);
// As pipe(8) runs a command for "user" or "user:group": in no other group.
std::optional<Account> PipeAccountOf(const std::string& user_and_group);

// "nobody cannot connect to /a/b: /a is in the way", with what it is that they
// cannot; printable.
std::string WhatStops(const Account& account, const std::string& what,
                      const std::string& path, const std::string& obstacle);

std::string NameOfUser(uid_t user);
std::string NameOfGroup(gid_t group);

// The first of the folders on the way to an absolute `path`, or that itself,
// which the account may not pass, or not use as access(2) calls `mode`. Empty:
// nothing stops it. With `from`, a folder above that the account is in already,
// by its root or working directory. The kernel is asked, by a child that
// becomes the account, so only root can know of others: kUnavailable.
Result<std::string> ObstacleFor(const Account& account, const std::string& path,
                                int mode, const std::string& from = "");

}  // namespace postbounce

#endif  // POSTBOUNCE_DAEMON_CLI_DOCTOR_ACCESS_H_
